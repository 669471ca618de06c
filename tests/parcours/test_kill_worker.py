"""The worker is killed in the middle of its pulls, then the broker is: every demande is pulled, none twice."""

import pytest

from comptes import journal
from tests.parcours.coupures import FORKS, cut, declare
from tests.preuves.conftest import make_team_to_prove

DEMANDES = 200  # `bench/coupures.py` cuts 1,000


@pytest.mark.long("tests/guichets/test_sweeps.py::test_same_task_delivered_eight_times_is_one_releve")
def test_pulls_cut_by_a_kill_and_by_the_loss_of_the_broker_are_done_again_and_none_twice(
    transactional_db: None,
) -> None:
    declare(make_team_to_prove(), DEMANDES)

    account = cut(DEMANDES)

    assert DEMANDES > account.before_the_loss > account.before_the_kill > 0
    assert (account.pulled, account.doubled, account.failures, account.under_way) == (DEMANDES, 0, 0, 0)
    assert FORKS <= account.asked_again <= 2 * FORKS
    assert list(journal.verify()) == []
