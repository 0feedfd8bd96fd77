"""Everything that is said in the form, in order: functions from the answers so far to words and buttons."""

from collections.abc import Sequence
from datetime import date

from bench.peers.form import Answers, today
from bench.peers.sayings import (
    TELLER,
    Button,
    Saying,
    after,
    again,
    button,
    choices,
    chosen,
    escaped,
    filled,
    half,
    job_list,
    keyboard,
    plainly,
    priced,
    question,
    understood,
    words,
)
from conversations.engine import Words
from conversations.offers import months_in_words
from conversations.privacy import short
from conversations.registration import expected
from rules import dates, hours, money, nik, phone, regions
from rules.refusal import Refused


def refusal(refused: Refused) -> Saying:
    """Say what was wrong."""
    return Saying(TELLER.html(Words(refused.name, refused.values)))


def cancelled() -> Saying:
    """Say that the answers are forgotten."""
    return Saying(words("commands.cancelled"))


def greeting() -> Saying:
    """Greet."""
    first = Button(words("commands.register"), "v1|c|daftar|", "primary")
    status = Button(words("commands.status_button"), "v1|c|status|")
    helping = Button(words("commands.help_button"), "v1|c|bantuan|")
    language = Button(words("commands.language_button"), "v1|c|bahasa|")
    return Saying(words("commands.start"), ((first,), (status, helping), (language,)))


def consent() -> Saying:
    """Ask for the consent."""
    points = "\n".join(words(one.name) for one in short())
    text = question(1, words("registration.consent.ask").replace("{points}", points))
    return Saying(text, keyboard("consent", choices("consent", ("agree",)), back=False))


def who(_answers: Answers) -> Saying:
    """Ask who is to be registered."""
    first = words("registration.consent.agree")
    text = after("consent", first, 2, words("registration.who.ask"))
    return Saying(text, keyboard("who", choices("who", ("self", "other"))))


def nik_number(answers: Answers) -> Saying:
    """Ask the NIK."""
    text = after("who", chosen("who", answers), 3, plainly("nik"))
    return Saying(text, keyboard("nik", ()), protected=True)


def nik_confirm(answers: Answers) -> Saying:
    """Read the NIK back in groups of four."""
    number = nik.Nik(answers["nik"])
    doubts = "\n".join(words(name) for name in nik.warnings(number, regions.regions(), today=today()))
    ask = words("dialogue.nik_confirm", nik=number.grouped, doubts=doubts)
    yes = button("nik", words("dialogue.yes"), "yes~1", "success")
    return Saying(question(3, ask), keyboard("nik", (yes, again("nik"))), protected=True)


def name(answers: Answers) -> Saying:
    """Ask the name."""
    text = after("nik", nik.Nik(answers["nik"]).masked, 4, plainly("name"))
    return Saying(text, keyboard("name", ()))


def birth_date(answers: Answers) -> Saying:
    """Ask the birth date."""
    text = after("name", escaped(answers["name"]), 5, plainly("birth_date"))
    return Saying(text, keyboard("birth_date", ()))


def sex(answers: Answers) -> Saying:
    """Ask the sex, the one the NIK tells first."""
    born = dates.long(date.fromisoformat(answers["birth_date"]), "id")
    told = nik.Nik(answers["nik"]).sex
    ordered = sorted(("female", "male"), key=lambda value: value != told)
    return Saying(after("birth_date", born, 6, plainly("sex")), keyboard("sex", choices("sex", ordered)))


def address(answers: Answers) -> Saying:
    """Ask the address."""
    return Saying(after("sex", chosen("sex", answers), 7, plainly("address")), keyboard("address", ()))


def village(answers: Answers) -> Saying:
    """Ask the village."""
    text = after("address", escaped(answers["address"]), 8, words("registration.village.ask"))
    return Saying(text, keyboard("village", ()))


def villages(query: str, search: regions.Search) -> Saying:
    """Offer the places that were found."""
    found = half("village", [(one.code, one.label) for one in search.found])
    ask = words("dialogue.villages_more" if search.more else "dialogue.villages", query=escaped(query))
    return Saying(question(8, ask), keyboard("village", (*found, again("village"))))


def phone_number(answers: Answers) -> Saying:
    """Ask the phone number, with the big button that shares it."""
    controls = (
        (words("dialogue.share_contact"),),
        (words("registration.phone.none"),),
        (words("dialogue.why"),),
        (words("dialogue.back"), words("dialogue.stop")),
    )
    return Saying(after("village", answers["village"]["label"], 9, plainly("phone")), replies=controls)


def phone_noted(answers: Answers) -> Saying:
    """Read the number back and take the big buttons away."""
    shown = phone.contact(answers["phone"]["e164"]).masked
    return Saying(understood("phone", shown), takes_away=True)


def email(_answers: Answers) -> Saying:
    """Ask the e-mail address."""
    return Saying(question(10, plainly("email")), keyboard("email", (), skip=True))


def occupation(_answers: Answers) -> Saying:
    """Ask the occupation."""
    text = after("email", words("dialogue.skipped"), 11, plainly("occupation"))
    return Saying(text, keyboard("occupation", [job_list("occupation")]))


def occupations_found(said: str, found: Sequence[str]) -> Saying:
    """Offer the occupations that were found."""
    options = half("occupation", [(one, words(f"occupations.{one}")) for one in found])
    other = half("occupation", [("lainnya", words("occupations.lainnya"))])
    buttons = (*options, job_list("occupation", "list~1"), *other, again("occupation"))
    ask = words("dialogue.job_which", words=escaped(said))
    return Saying(question(11, ask), keyboard("occupation", buttons))


def occupation2(answers: Answers) -> Saying:
    """Ask for a second occupation."""
    first = words(f"occupations.{answers['occupation']['id']}")
    text = after("occupation", first, 12, words("registration.occupation2.ask"))
    return Saying(text, keyboard("occupation2", [job_list("occupation2")], skip=True))


def workplace(_answers: Answers) -> Saying:
    """Ask the place of work."""
    text = after("occupation2", words("dialogue.skipped"), 13, plainly("workplace"))
    return Saying(text, keyboard("workplace", choices("workplace", ("home_village", "around"))))


def working_hours(answers: Answers) -> Saying:
    """Ask the hours."""
    text = after("workplace", escaped(answers["workplace"]), 14, plainly("hours"))
    usual = ("08:00-17:00", "05:00-12:00", "17:00-23:00")
    options = [button("hours", words(f"registration.hours.{span[:2]}"), span) for span in usual]
    return Saying(text, keyboard("hours", options))


def income(answers: Answers) -> Saying:
    """Ask the income."""
    text = after("hours", hours.parse(answers["hours"]).shown, 15, plainly("income"))
    return Saying(text, keyboard("income", ()))


def employs(answers: Answers) -> Saying:
    """Ask whether somebody is employed."""
    shown = words("dialogue.a_month", month=money.rupiah(answers["income"]))
    text = after("income", shown, 16, plainly("employs"))
    return Saying(text, keyboard("employs", choices("employs", ("no", "yes"))))


def payer(answers: Answers) -> Saying:
    """Ask who pays."""
    text = after("employs", chosen("employs", answers), 17, words("registration.payer.ask"))
    payers = ("own", "household", "association", "donor", "apbdes", "apbd")
    return Saying(text, keyboard("payer", choices("payer", payers)))


def programmes(answers: Answers) -> Saying:
    """Offer the programmes at the price of this month."""
    text = after("payer", chosen("payer", answers), 18, filled("programmes", answers))
    return Saying(text, keyboard("programmes", priced("programmes", answers)))


def months(answers: Answers) -> Saying:
    """Offer the months with their totals."""
    text = after("programmes", chosen("programmes", answers), 19, filled("months", answers))
    return Saying(text, keyboard("months", priced("months", answers)))


def heirs(answers: Answers) -> Saying:
    """Ask about the family."""
    shown = TELLER.html(months_in_words(answers["months"]))
    text = after("months", shown, 20, words("registration.heirs.ask"))
    return Saying(text, keyboard("heirs", choices("heirs", ("add", "none"))))


def review(answers: Answers) -> Saying:
    """Read everything back."""
    text = after("heirs", chosen("heirs", answers), 21, filled("review", answers))
    edit = (button("review", words("dialogue.edit"), "!edit"),)
    send_row, *controls = keyboard("review", choices("review", ("send",)))
    return Saying(text, (send_row, edit, *controls), protected=True)


def receipt(reference: str, answers: Answers) -> Saying:
    """Thank, with the receipt number."""
    total = TELLER.html(expected(answers, today()))
    copy = Button(words("commands.copy_reference"), copies=reference)
    other = Button(words("commands.next_worker"), "v1|c|daftar|")
    return Saying(words("commands.receipt", reference=reference, total=total), ((copy,), (other,)))
