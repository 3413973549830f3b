"""Names, vehicles and notes of the demo. Everyone here is made up; phone numbers are fictional."""

from random import Random
from typing import Any, Final

DRIVERS: Final = (
    ("Ana", "bike"),
    ("Malik", "scooter"),
    ("Grace", "car"),
    ("Tomás", "van"),
    ("Yuki", "bike"),
    ("Dele", "scooter"),
    ("Ingrid", "car"),
    ("Ravi", "bike"),
    ("Noor", "van"),
    ("Felix", "scooter"),
)

_FIRST: Final = (
    "Amara",
    "Bea",
    "Carlos",
    "Devi",
    "Elena",
    "Farid",
    "Gloria",
    "Hugo",
    "Imani",
    "Jonas",
    "Keiko",
    "Leila",
    "Mateo",
    "Nina",
    "Omar",
    "Priya",
    "Quinn",
    "Rosa",
    "Sven",
    "Thandi",
    "Uma",
    "Viktor",
    "Wanda",
    "Ximena",
    "Yusuf",
    "Zofia",
)
_LAST: Final = (
    "Abara",
    "Berg",
    "Castillo",
    "Dlamini",
    "Eriksen",
    "Fuentes",
    "Grant",
    "Haddad",
    "Ito",
    "Jansen",
    "Kowalski",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Park",
    "Reyes",
    "Schmidt",
    "Tran",
    "Vance",
    "Weber",
    "Zhang",
)
_NOTES: Final = (
    "Ring twice, the bell is shy",
    "Leave with the doorman",
    "Side entrance, next to the florist",
    "Please call on arrival",
    "4th floor, no lift. Sorry!",
    "Mind the dog, he is friendly",
)


def customer(rng: Random) -> dict[str, Any]:
    """A customer: name, phone (the 555-01xx numbers that are kept for fiction), e-mail."""
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    return {
        "name": f"{first} {last}",
        "phone": f"+1 212 555 01{rng.randint(0, 99):02}",
        "email": f"{first}.{last}@example.com".lower(),
    }


def note(rng: Random) -> dict[str, Any]:
    """A note for the driver, on some orders."""
    return {"note": rng.choice(_NOTES)} if rng.random() < 0.4 else {}
