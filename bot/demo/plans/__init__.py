"""The demo company's plans, as templates: `$name` is filled in by `bot.demo.plan_files`."""
