"""The names and places that generated people are made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Culture:
    """Names of one language; `written` holds the same names in their own script, where that is not Latin."""

    locale: str
    country: str
    timezone: str
    phone: str
    cities: tuple[str, ...]
    given: tuple[str, ...]
    family: tuple[str, ...]
    written_given: tuple[str, ...] = ()
    written_family: tuple[str, ...] = ()
    family_first: bool = False


CULTURES = (
    Culture(
        "en-US",
        "US",
        "America/New_York",
        "+1-202-555-",
        ("Boston", "Austin", "Winston-Salem", "St. Louis"),
        ("Ada", "Grace", "Mary-Jane", "Marcus", "DeShawn", "Olivia", "Tyler", "Renée", "Jo Ann", "Liam"),
        ("Smith", "Johnson", "O'Brien", "McAllister", "Garcia-Lopez", "Washington", "Nguyen", "Lee", "St. John"),
    ),
    Culture(
        "en-IE",
        "IE",
        "Europe/Dublin",
        "+353-1-555-",
        ("Dublin", "Cork", "Dún Laoghaire", "Galway"),
        ("Siobhán", "Aoife", "Seán", "Ciarán", "Niamh", "Pádraig", "Róisín", "Eoin"),
        ("O'Connor", "Ní Bhriain", "D'Arcy", "Murphy", "Ó Súilleabháin", "Byrne", "FitzGerald"),
    ),
    Culture(
        "de-DE",
        "DE",
        "Europe/Berlin",
        "+49-30-5550-",
        ("Berlin", "München", "Köln", "Düsseldorf"),
        ("Jürgen", "Käthe", "Karl-Heinz", "Anna-Lena", "Björn", "Sören", "Lieselotte", "Max"),
        ("Müller", "Groß", "Schäfer", "von der Leyen", "Weiß", "Meyer-Landrut", "Öztürk", "Schmidt"),
    ),
    Culture(
        "fr-FR",
        "FR",
        "Europe/Paris",
        "+33-1-99-00-",
        ("Paris", "Orléans", "Saint-Étienne", "Besançon"),
        ("Zoë", "François", "Jean-Luc", "Anaïs", "Chloé", "Benoît", "Marie-Hélène", "Loïc"),
        ("L'Hôpital", "Lefèvre", "Dubois", "D'Alembert", "Saint-Exupéry", "Çelik", "Noël", "Gauthier"),
    ),
    Culture(
        "pl-PL",
        "PL",
        "Europe/Warsaw",
        "+48-22-555-",
        ("Łódź", "Kraków", "Gdańsk", "Wrocław"),
        ("Łukasz", "Małgorzata", "Zażółć", "Stanisław", "Agnieszka", "Błażej", "Żaneta"),
        ("Wójcik", "Skłodowska-Curie", "Dąbrowski", "Kowalczyk", "Żółkiewski", "Świątek", "Łęcki"),
    ),
    Culture(
        "es-MX",
        "MX",
        "America/Mexico_City",
        "+52-55-5550-",
        ("Ciudad de México", "Mérida", "León", "Querétaro"),
        ("José María", "Sofía", "Ángel", "Íñigo", "Guadalupe", "Begoña", "Raúl"),
        ("Muñoz", "de la Cruz", "Hernández", "Ibáñez-Pérez", "Núñez", "Güemes", "López"),
    ),
    Culture(
        "sv-SE",
        "SE",
        "Europe/Stockholm",
        "+46-8-5550-",
        ("Göteborg", "Malmö", "Örebro", "Umeå"),
        ("Åsa", "Göran", "Märta", "Bjørn", "Søren", "Ingrid", "Æsa"),
        ("Ångström", "Sjöberg", "Bergström-Lind", "Ørsted", "Lindqvist", "Håkansson"),
    ),
    Culture(
        "ja-JP",
        "JP",
        "Asia/Tokyo",
        "+81-3-5550-",
        ("Tokyo", "Osaka", "Sapporo"),
        ("Haruka", "Kenji", "Yuki", "Sakura", "Taro"),
        ("Sato", "Tanaka", "Suzuki", "Yamamoto", "Kobayashi"),
        ("遥", "健二", "雪", "さくら", "太郎"),
        ("佐藤", "田中", "鈴木", "山本", "小林"),
        family_first=True,
    ),
    Culture(
        "zh-CN",
        "CN",
        "Asia/Shanghai",
        "+86-10-5550-",
        ("Beijing", "Shanghai", "Chengdu"),
        ("Xiuying", "Wei", "Fang", "Jun", "Min"),
        ("Wang", "Li", "Zhang", "Liu", "Ouyang"),
        ("秀英", "伟", "芳", "军", "敏"),
        ("王", "李", "张", "刘", "欧阳"),
        family_first=True,
    ),
    Culture(
        "el-GR",
        "GR",
        "Europe/Athens",
        "+30-21-5550-",
        ("Athens", "Patras", "Volos"),
        ("Eleni", "Giorgos", "Katerina", "Nikos"),
        ("Papadopoulos", "Georgiou", "Nikolaidis", "Angelou"),
        ("Ελένη", "Γιώργος", "Κατερίνα", "Νίκος"),
        ("Παπαδόπουλος", "Γεωργίου", "Νικολαΐδης", "Αγγέλου"),
    ),
    Culture(
        "ar-EG",
        "EG",
        "Africa/Cairo",
        "+20-2-5550-",
        ("Cairo", "Alexandria", "Giza"),
        ("Fatima", "Omar", "Layla", "Youssef"),
        ("Hassan", "El-Sayed", "Mansour", "Farouk"),
        ("فاطمة", "عمر", "ليلى", "يوسف"),
        ("حسن", "السيد", "منصور", "فاروق"),
    ),
)
LETTERS = str.maketrans(
    {"ß": "ss", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "đ": "d", " ": ".", ".": ""}
)
DEPARTMENTS = (
    "Engineering", "Sales", "Support", "Finance", "People & Culture", "Legal", "Marketing", "Operations",
    "Research", "Design", "Security", "IT", "Procurement", "Customer Success",
)  # fmt: skip
TITLES = (
    "Engineer", "Account Executive", "Analyst", "Counsel", "Designer", "Specialist", "Architect", "Coordinator",
    "Scientist", "Administrator", "Consultant", "Technician",
)  # fmt: skip
RANKS = ("", "", "", "Junior ", "Senior ", "Senior ", "Principal ", "Lead ")
KINDS = ("Employee", "Employee", "Employee", "Employee", "Employee", "Employee", "Contractor", "Intern")
TEAMS = (
    *DEPARTMENTS, "All Hands", "Managers", "Contractors", "On-Call", "Works Council", "Café Committee", "Board",
)  # fmt: skip
SITES = ("", "EMEA", "Americas", "APAC", "Berlin", "Zürich", "São Paulo", "東京", "R&D", "Admins")
TAGS = ("dev", "test", "admin", "scim")
