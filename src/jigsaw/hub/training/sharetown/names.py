"""What are the people of Sharetown called, and where do they live?

Every name is put together from the lists here, which were written for Sharetown. The families come from many
places, because records go astray on names: which name comes first, names that differ between father and
daughter, double names with and without a hyphen, accents that a system has lost.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from jigsaw.hub.people.records import At

# Last letters that no real postcode has (C, I, K, M, O and V are never used), so that none of these exists.
UNUSED = "CIKMOV"
STREETS = (
    "Anchor Street",
    "Ropewalk",
    "Chandler Road",
    "Tidewater Close",
    "Lime Kiln Lane",
    "Sandpiper Way",
    "Bellfounder Row",
    "Mill Rise",
    "Old Quay Road",
    "Saltmarsh Avenue",
    "Orchard View",
    "Foundry Terrace",
    "Lantern Hill",
    "Weavers Court",
    "Signal Street",
    "Gorse Bank",
)
SURGERIES = ("Harbour Road Surgery", "Mill Rise Medical Centre", "Lantern Hill Practice")


def _plain(family: str, _sex: str) -> str:
    return family


def _slavic(family: str, sex: str) -> str:
    """Surnames that end in -ski, -cki or -ov take the feminine ending for women and girls."""
    if sex != "F":
        return family
    for male, female in (("ski", "ska"), ("cki", "cka"), ("ov", "ova")):
        if family.endswith(male):
            return family.removesuffix(male) + female
    return family


def _sikh(family: str, sex: str) -> str:
    return f"{'Kaur' if sex == 'F' else 'Singh'} {family}"


def _irish(family: str, sex: str) -> str:
    return f"{'Ní' if sex == 'F' else 'Ó'} {family}"


@dataclass(frozen=True)
class Naming:
    """How families of one origin are named: lists to draw from, and the form a family name takes."""

    girls: tuple[str, ...]
    boys: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    ethnicity: str
    language: str = "English"
    family: Callable[[str, str], str] = _plain
    family_first: bool = False
    """The family name is said first, so that some systems have taken it for the given name."""

    def given(self, sex: str, adult: bool, rng: random.Random, taken: set[str]) -> str:
        """A given name nobody in `taken` has."""
        pool = {(False, "F"): self.girls, (False, "M"): self.boys, (True, "F"): self.women}.get((adult, sex))
        return rng.choice([name for name in pool or self.men if name not in taken])


NAMINGS = {
    "british": Naming(
        (
            "Isla",
            "Freya",
            "Ruby",
            "Evie",
            "Molly",
            "Chloe",
            "Phoebe",
            "Tilly",
            "Georgia",
            "Erin",
            "Lottie",
            "Bethan",
            "Nell",
            "Abigail",
            "Heidi",
            "Robyn",
            "Martha",
        ),
        (
            "Mason",
            "Alfie",
            "Riley",
            "Callum",
            "Toby",
            "Finley",
            "Harvey",
            "Reuben",
            "Kian",
            "Jake",
            "Archie",
            "Louis",
            "Rowan",
            "Elliot",
            "Joel",
            "Freddie",
        ),
        (
            "Gemma",
            "Kirsty",
            "Leanne",
            "Rachel",
            "Stacey",
            "Joanne",
            "Natalie",
            "Hayley",
            "Claire",
            "Tracey",
            "Dawn",
            "Vicky",
            "Samantha",
            "Lorna",
            "Carly",
        ),
        ("Craig", "Darren", "Stuart", "Gareth", "Neil", "Ryan", "Martin", "Shaun", "Adrian"),
        "White British",
    ),
    "irish": Naming(
        ("Aoife", "Caoimhe", "Róisín"),
        ("Oisín", "Tadhg", "Cillian"),
        ("Sinéad", "Gráinne"),
        ("Diarmuid", "Pádraig"),
        "White Irish",
        family=_irish,
    ),
    "polish": Naming(
        ("Zofia", "Maja", "Hanna", "Łucja"),
        ("Kacper", "Oliwier", "Miłosz", "Wojciech"),
        ("Agnieszka", "Małgorzata", "Bożena"),
        ("Paweł", "Grzegorz", "Łukasz"),
        "White other",
        "Polish",
        _slavic,
    ),
    "bulgarian": Naming(
        ("Desislava", "Yoana"),
        ("Boyan", "Kaloyan"),
        ("Radka", "Ivelina"),
        ("Plamen", "Stoyan"),
        "White other",
        "Bulgarian",
        _slavic,
    ),
    "romanian": Naming(
        ("Ștefania", "Ilinca"),
        ("Răzvan", "Andrei"),
        ("Mădălina", "Ionela"),
        ("Cătălin", "Dorin"),
        "White other",
        "Romanian",
    ),
    "hungarian": Naming(
        ("Zsófia", "Boglárka"),
        ("Bence", "Gergő"),
        ("Ildikó", "Katalin"),
        ("Zoltán", "Sándor"),
        "White other",
        "Hungarian",
        family_first=True,
    ),
    "pakistani": Naming(
        ("Zainab", "Hafsa", "Maryam", "Inaya"),
        ("Ayaan", "Hamza", "Zayd", "Ibrahim"),
        ("Saima", "Rukhsana", "Nadia"),
        ("Tariq", "Imran", "Naveed"),
        "Pakistani",
        "Urdu",
    ),
    "bangladeshi": Naming(
        ("Tasnim", "Sumaiya"),
        ("Rafi", "Tahmid"),
        ("Shahnaz", "Rehana"),
        ("Mizan", "Jahangir"),
        "Bangladeshi",
        "Bengali",
    ),
    "indian": Naming(
        ("Simran", "Jasleen", "Harleen"),
        ("Arjan", "Gurdeep", "Manvir"),
        ("Ravinder", "Balbir"),
        ("Sukhdev", "Jaspal"),
        "Indian",
        "Panjabi",
        _sikh,
    ),
    "tamil": Naming(
        ("Kavya", "Abinaya"),
        ("Pranav", "Vishnu"),
        ("Thenmozhi", "Sivagami"),
        ("Suresh", "Selvan"),
        "Asian other",
        "Tamil",
    ),
    "nigerian": Naming(
        ("Temilade", "Ifeoluwa"),
        ("Theo", "Ayodeji", "Tobi"),
        ("Folake", "Yetunde"),
        ("Babatunde", "Kehinde"),
        "Black African",
        "Yoruba",
    ),
    "ghanaian": Naming(
        ("Akosua", "Esi"), ("Kwabena", "Yaw"), ("Abena", "Adwoa"), ("Kojo", "Kwaku"), "Black African", "Twi"
    ),
    "somali": Naming(
        ("Hodan", "Ifrah"),
        ("Abdirahman", "Liban"),
        ("Fadumo", "Sagal"),
        ("Warsame", "Guled"),
        "Black African",
        "Somali",
    ),
    "eritrean": Naming(
        ("Selam", "Rahwa"),
        ("Filmon", "Yonas"),
        ("Tsige", "Letebrhan"),
        ("Berhane", "Tesfay"),
        "Black African",
        "Tigrinya",
    ),
    "caribbean": Naming(
        ("Shanice", "Keisha"),
        ("Jerome", "Tyrell"),
        ("Yvonne", "Marcia"),
        ("Delroy", "Winston"),
        "Black Caribbean",
    ),
    "chinese": Naming(
        ("Xinyi", "Yutong"),
        ("Haoran", "Zihan"),
        ("Meiling", "Lihua"),
        ("Jianguo", "Wei"),
        "Chinese",
        "Mandarin",
        family_first=True,
    ),
    "vietnamese": Naming(
        ("Minh Anh", "Thu Hà"),
        ("Gia Bảo", "Đức"),
        ("Thị Lan", "Thị Hồng"),
        ("Văn Hùng", "Quốc"),
        "Asian other",
        "Vietnamese",
        family_first=True,
    ),
    "portuguese": Naming(
        ("Beatriz", "Mariana"),
        ("Tomás", "Gonçalo"),
        ("Conceição", "Fátima"),
        ("Joaquim", "Nuno"),
        "White other",
        "Portuguese",
    ),
    "spanish": Naming(
        ("Lucía", "Inés"),
        ("Íñigo", "Hugo"),
        ("Begoña", "Pilar"),
        ("Álvaro", "Iker"),
        "White other",
        "Spanish",
    ),
    "turkish": Naming(
        ("Elif", "Defne"), ("Yiğit", "Çağan"), ("Şule", "Gülay"), ("Işık", "Uğur"), "White other", "Turkish"
    ),
    "arabic": Naming(
        ("Layan", "Noor"), ("Yazan", "Kareem"), ("Rania", "Suhair"), ("Fadi", "Bassam"), "Arab", "Arabic"
    ),
    "kurdish": Naming(
        ("Berfin", "Rojda"),
        ("Azad", "Baran"),
        ("Gulistan", "Şirin"),
        ("Serdar", "Dilovan"),
        "Any other ethnic group",
        "Kurdish",
    ),
    "ukrainian": Naming(
        ("Solomiia", "Zlata"),
        ("Danylo", "Ostap"),
        ("Oksana", "Halyna"),
        ("Taras", "Bohdan"),
        "White other",
        "Ukrainian",
    ),
    "roma": Naming(
        ("Vanessa", "Denisa"),
        ("Dominik", "Marek"),
        ("Jolana", "Renata"),
        ("Ladislav", "Emil"),
        "Gypsy or Roma",
        "Slovak",
    ),
    "traveller": Naming(
        ("Mary-Kate", "Bridie"),
        ("John-Paul", "Jim-Bob"),
        ("Winnie", "Kathleen"),
        ("Michael-James", "Martin"),
        "Irish Traveller",
    ),
    "mixed": Naming(
        ("Amber-Rose", "Maya", "Zara"),
        ("Leo", "Kai", "Jayce"),
        ("Danielle", "Simone"),
        ("Marcus", "Andre"),
        "Mixed",
    ),
    "welsh": Naming(
        ("Cerys", "Ffion"),
        ("Ieuan", "Macsen"),
        ("Llinos", "Eirlys"),
        ("Gethin", "Rhodri"),
        "White British",
        "Welsh",
    ),
}


def home(number: int) -> At:
    """The `number`-th home of Sharetown (from 0): no two alike."""
    street, house = STREETS[number % len(STREETS)], 3 + 4 * (number // len(STREETS)) + number % 3
    inward = f"{1 + number % 9}{UNUSED[number % 6]}{UNUSED[(number // 6 + 1) % 6]}"
    return At(line=f"{house} {street}", town="Sharetown", postcode=f"ST{1 + number % 5} {inward}")


def telephone(number: int) -> str:
    """The `number`-th mobile telephone (0 to 999) of the range kept for drama."""
    if not 0 <= number <= 999:
        raise ValueError("The range kept for drama has a thousand numbers.")
    return f"07700 900{number:03d}"


def without_accents(text: str) -> str:
    """As a system would keep it that knows no accents: Łucja becomes Lucja."""
    special = str.maketrans("ŁłĐđıØøß", "LlDdiOos")
    plain = unicodedata.normalize("NFKD", text.translate(special))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
