"""Account names are valid for beancount, never shared, and lead back to the code."""

from beancount.core.account import is_valid
from hypothesis import given
from hypothesis import strategies as st

from mywork.exports.names import ROOTS, account_name, code_of
from mywork.ledger.accounts import CHART

codes = st.lists(
    st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"])), min_size=1
).map(":".join)
kinds = st.sampled_from(sorted(ROOTS))


@given(codes, kinds)
def test_any_code_has_a_valid_name_that_leads_back(code: str, kind: str) -> None:
    name = account_name(code, kind)
    assert is_valid(name)
    assert (name.isascii(), name.split(":")[0]) == (True, ROOTS[kind])
    assert code_of(name) == code


@given(codes, codes, kinds)
def test_two_codes_never_share_a_name(one: str, other: str, kind: str) -> None:
    assert (account_name(one, kind) == account_name(other, kind)) == (one == other)


def test_names_of_the_chart_read_well() -> None:
    assert account_name("seller:user_ada:pending", "liability") == (
        "Liabilities:Seller:User--ada:Pending"
    )
    assert account_name("expense:stripe_fees", "expense") == "Expenses:Expense:Stripe--fees"
    assert account_name("seller:Ada:in_payout", "liability") == (
        "Liabilities:Seller:X-uAda:In--payout"
    )
    assert {row.kind for row in CHART} == set(ROOTS)
