/** Emoji shortcodes that business messages use; an unknown code stays as it was typed. */

const CODES = {
  "+1": "👍", "-1": "👎", "100": "💯", alarm_clock: "⏰", arrow_down: "⬇️", arrow_left: "⬅️", arrow_right: "➡️", arrow_up: "⬆️",
  arrows_counterclockwise: "🔄", ballot_box_with_check: "☑️", bangbang: "‼️", bar_chart: "📊", bell: "🔔", black_circle: "⚫", blue_heart: "💙",
  bookmark: "🔖", books: "📚", boom: "💥", briefcase: "💼", bulb: "💡", calendar: "📆", camera: "📷", chart: "💹", chart_with_downwards_trend: "📉",
  chart_with_upwards_trend: "📈", checkered_flag: "🏁", clap: "👏", clipboard: "📋", clock1: "🕐", confetti_ball: "🎊", construction: "🚧",
  credit_card: "💳", crown: "👑", cry: "😢", dart: "🎯", date: "📅", dollar: "💵", ear: "👂", email: "✉️", envelope: "✉️", euro: "💶", exclamation: "❗",
  eyes: "👀", fire: "🔥", first_place_medal: "🥇", flag: "🏳️", frowning: "😦", gear: "⚙️", gem: "💎", gift: "🎁", grey_question: "❔", grinning: "😀",
  hand: "✋", handshake: "🤝", heart: "❤️", heavy_check_mark: "✔️", heavy_minus_sign: "➖", heavy_plus_sign: "➕", hourglass: "⌛",
  hourglass_flowing_sand: "⏳", hourglass_not_done: "⏳", inbox_tray: "📥", information_source: "ℹ️", key: "🔑", label: "🏷️", large_blue_circle: "🔵",
  large_green_circle: "🟢", large_orange_circle: "🟠", large_red_circle: "🔴", large_yellow_circle: "🟡", link: "🔗", lock: "🔒", mag: "🔍", medal: "🏅",
  megaphone: "📣", memo: "📝", money_with_wings: "💸", moneybag: "💰", mountain: "⛰️", muscle: "💪", neutral_face: "😐", no_entry: "⛔",
  no_entry_sign: "🚫", office: "🏢", ok: "🆗", ok_hand: "👌", page_facing_up: "📄", paperclip: "📎", partying_face: "🥳", pencil: "📝", pencil2: "✏️",
  point_right: "👉", pray: "🙏", pushpin: "📌", question: "❓", raised_hands: "🙌", receipt: "🧾", recycle: "♻️", red_circle: "🔴", repeat: "🔁",
  robot_face: "🤖", rocket: "🚀", rotating_light: "🚨", runner: "🏃", scales: "⚖️", second_place_medal: "🥈", seedling: "🌱", shield: "🛡️", shrug: "🤷",
  slightly_smiling_face: "🙂", smile: "😄", sos: "🆘", sparkles: "✨", speech_balloon: "💬", star: "⭐", star2: "🌟", stopwatch: "⏱️", sunny: "☀️", tada: "🎉",
  telephone: "☎️", thinking_face: "🤔", third_place_medal: "🥉", thumbsdown: "👎", thumbsup: "👍", timer_clock: "⏲️", trophy: "🏆", unlock: "🔓",
  warning: "⚠️", wave: "👋", white_check_mark: "✅", white_circle: "⚪", white_flag: "🏳️", wrench: "🔧", x: "❌", yen: "💴", zap: "⚡", zzz: "💤",
};

/** Returns the character of a shortcode (without its colons), or an empty string. */
export function emoji(code) {
  return CODES[String(code).replace(/::skin-tone-\d$/, "")] || "";
}

/** Returns plain text with known shortcodes replaced. */
export function withEmoji(text) {
  return String(text).replace(/:([a-z0-9_+-]+):/g, (whole, code) => emoji(code) || whole);
}
