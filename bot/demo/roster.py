"""Who works at the demo company: teams, the people in them, and the few whose story the demo tells."""

from __future__ import annotations

from dataclasses import dataclass

COMPANY = "Larkspur Systems"
DOMAIN = "larkspur.example"

AE_AMERICAS = "ae-americas"
AE_EMEA = "ae-emea"
ACCOUNT_MANAGER = "account-manager"


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a team as the roster writes them: name, ASCII handle, zone, locale and part in the story."""

    name: str
    handle: str
    timezone: str
    locale: str = "en-US"
    part: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """A team: its region, its lead, and what its reps are paid by."""

    name: str
    region: str
    territory: str
    lead: Member
    leads_to: str
    plan: str
    title: str
    currency: str
    reps: tuple[Member, ...]


NY, CHI, LA, DEN = "America/New_York", "America/Chicago", "America/Los_Angeles", "America/Denver"
SAO, MEX, TOKYO, TOR = "America/Sao_Paulo", "America/Mexico_City", "Asia/Tokyo", "America/Toronto"
LON, DUB, BER, PAR = "Europe/London", "Europe/Dublin", "Europe/Berlin", "Europe/Paris"
MAD, STO, WAW, AMS = "Europe/Madrid", "Europe/Stockholm", "Europe/Warsaw", "Europe/Amsterdam"

HEAD = Member("Rosalind Achebe", "rosalind.achebe", NY)
VPS = (
    (Member("Marcus Feldman", "marcus.feldman", CHI), "Americas", "VP Americas"),
    (Member("Ingrid Halvorsen", "ingrid.halvorsen", LON, "en-GB"), "EMEA", "VP EMEA"),
)
STAFF = (
    (Member("Dana Whitfield", "dana.whitfield", CHI), "ops", "Revenue operations lead"),
    (Member("Oluwaseun Adeyemi", "seun.adeyemi", LON, "en-GB"), "ops", "Commissions analyst"),
    (Member("Petra Novák", "petra.novak", BER, "de-DE"), "ops", "Finance business partner"),
    (Member("Sam Iyer", "sam.iyer", NY), "admin", "Sales systems administrator"),
)

TEAMS = (
    Team(
        "Americas East", "Americas", "US East", Member("Grace Okonkwo", "grace.okonkwo", NY), "marcus.feldman",
        AE_AMERICAS, "Account executive", "USD",
        (
            Member("Maya Thompson", "maya.thompson", NY, part="near"),
            Member("Dwayne Carter", "dwayne.carter", NY, part="behind"),
            Member("Siobhan O'Brien", "siobhan.obrien", NY),
            Member("José Muñoz", "jose.munoz", MEX, "es-MX"),
            Member("Nguyễn Minh Anh", "minhanh.nguyen", TOR, "en-CA"),
            Member("Rebecca Stein", "rebecca.stein", NY, part="mover"),
            Member("Tobias Grant", "tobias.grant", NY),
            Member("Camila Ferreira", "camila.ferreira", SAO, "pt-BR"),
        ),
    ),
    Team(
        "Americas West", "Americas", "US West", Member("Daniel Reyes", "daniel.reyes", LA), "marcus.feldman",
        AE_AMERICAS, "Account executive", "USD",
        (
            Member("Leo Castellano", "leo.castellano", LA, part="over"),
            Member("Priya Raman", "priya.raman", DEN, part="hire"),
            Member("佐藤 遥", "haruka.sato", TOKYO, "ja-JP", part="tokyo"),
            Member("王 丽娜", "lina.wang", LA),
            Member("Ashley Brandt", "ashley.brandt", DEN),
            Member("Kwame Mensah", "kwame.mensah", LA),
            Member("Hannah Lindqvist", "hannah.lindqvist", DEN, part="leaver"),
            Member("Victor Almeida", "victor.almeida", LA),
        ),
    ),
    Team(
        "Strategic Accounts", "Americas", "US Enterprise", Member("Yolanda Pierce", "yolanda.pierce", CHI),
        "marcus.feldman", ACCOUNT_MANAGER, "Account manager", "USD",
        (
            Member("Aaron Blum", "aaron.blum", CHI, part="keeper"),
            Member("Fatima Zahra Idrissi", "fatima.idrissi", TOR, "en-CA"),
            Member("Cole Sanderson", "cole.sanderson", CHI),
            Member("Ji-woo Park", "jiwoo.park", LA),
            Member("Monique Tremblay", "monique.tremblay", TOR, "fr-CA"),
            Member("Eduardo Salazar", "eduardo.salazar", MEX, "es-MX"),
        ),
    ),
    Team(
        "Growth Accounts", "Americas", "US Mid-market", Member("Nadia Kowalski", "nadia.kowalski", DEN),
        "marcus.feldman", ACCOUNT_MANAGER, "Account manager", "USD",
        (
            Member("Bethany Cruz", "bethany.cruz", DEN),
            Member("Omar Haddad", "omar.haddad", NY),
            Member("Zoë Bishop", "zoe.bishop", CHI),
            Member("Ravi Subramanian", "ravi.subramanian", LA),
            Member("Thiago Barros", "thiago.barros", SAO, "pt-BR"),
            Member("Lucille Arceneaux", "lucille.arceneaux", CHI, part="unplanned"),
        ),
    ),
    Team(
        "EMEA North", "EMEA", "UK, Ireland and Nordics", Member("Callum Fraser", "callum.fraser", LON, "en-GB"),
        "ingrid.halvorsen", AE_EMEA, "Account executive", "EUR",
        (
            Member("Aoife Ní Bhriain", "aoife.nibhriain", DUB, "en-IE"),
            Member("Søren Østergård", "soren.ostergard", STO, "da-DK"),
            Member("Emily Hawthorne", "emily.hawthorne", LON, "en-GB"),
            Member("Åsa Björklund", "asa.bjorklund", STO, "sv-SE"),
            Member("Jamal Whitaker", "jamal.whitaker", LON, "en-GB"),
            Member("Freya MacDonald", "freya.macdonald", LON, "en-GB"),
            Member("Pieter van den Berg", "pieter.vandenberg", AMS, "nl-NL"),
            Member("Łukasz Wiśniewski", "lukasz.wisniewski", WAW, "pl-PL"),
        ),
    ),
    Team(
        "EMEA Central and South", "EMEA", "DACH, France and Iberia",
        Member("Beatrice Rossi", "beatrice.rossi", PAR, "it-IT"), "ingrid.halvorsen",
        AE_EMEA, "Account executive", "EUR",
        (
            Member("Jürgen Weiß", "juergen.weiss", BER, "de-DE", part="german"),
            Member("Chloé Lefèvre", "chloe.lefevre", PAR, "fr-FR"),
            Member("Íñigo Etxeberria", "inigo.etxeberria", MAD, "es-ES"),
            Member("Anneliese Brückner", "anneliese.brueckner", BER, "de-DE"),
            Member("ليلى حداد", "layla.haddad", PAR, "fr-FR"),
            Member("Matthias Gruber", "matthias.gruber", BER, "de-AT", part="unquoted"),
            Member("Carolina Esteves", "carolina.esteves", MAD, "pt-PT"),
            Member("Élodie Marchand", "elodie.marchand", PAR, "fr-FR"),
        ),
    ),
)  # fmt: skip
