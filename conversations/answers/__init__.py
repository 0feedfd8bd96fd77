"""The kinds of answer any dialogue may ask for: choices, names, numbers, dates, places, jobs, money."""

from conversations.answers.earnings import Income
from conversations.answers.people import BirthDate, Name, NikNumber, Sex
from conversations.answers.places import OFFERED_LEVELS, Village
from conversations.answers.plain import AGAIN, YES, Choice, Text, text_of
from conversations.answers.reach import Email, PhoneNumber
from conversations.answers.work import Job, WorkingHours

__all__ = [
    "AGAIN",
    "OFFERED_LEVELS",
    "YES",
    "BirthDate",
    "Choice",
    "Email",
    "Income",
    "Job",
    "Name",
    "NikNumber",
    "PhoneNumber",
    "Sex",
    "Text",
    "Village",
    "WorkingHours",
    "text_of",
]
