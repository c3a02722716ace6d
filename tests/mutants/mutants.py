"""The mutants: each one a mistake that somebody could make, as one replacement in the real code."""

from dataclasses import dataclass

ELECTION = "src/core/election/"
RECONCILE = "src/core/reconcile/"


@dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    old: str
    new: str


MUTANTS = [
    Mutant(
        "a veto is ignored",
        ELECTION + "candidacy.rs",
        "suffices && !awaited.any(|m| self.vetoes(m, now))",
        "suffices || awaited.any(|m| self.vetoes(m, now))",
    ),
    Mutant(
        "a confirmation of an older candidacy counts",
        ELECTION + "candidacy.rs",
        "member.asked >= since || member.ext()",
        "true || member.asked >= since || member.ext()",
    ),
    Mutant(
        "a confirmation for another predecessor counts",
        ELECTION + "candidacy.rs",
        "member.is_reference() || member.acknowledged() == self.predecessor",
        "true || member.acknowledged() == self.predecessor",
    ),
    Mutant(
        "an epoch is not raised above those seen",
        ELECTION + "candidacy.rs",
        ".saturating_add(1)",
        ".saturating_add(0)",
    ),
    Mutant(
        "a lapse needs no majority",
        ELECTION + "candidacy.rs",
        "confirmed * 2 > all",
        "confirmed > 0 && all > 0",
    ),
    Mutant(
        "the licence is not checked: whoever is lost may be overwritten",
        RECONCILE + "judge.rs",
        "Standing::Lost(_) => Err(Why::UnreachableMember(addr)),",
        "Standing::Lost(_) => Ok(Licence::Departed(addr)),",
    ),
    Mutant(
        "a stored answer of the holder counts as one asked after the reading",
        RECONCILE + "judge.rs",
        "return if asked > self.read_begun {",
        "return if asked > self.read_begun || true {",
    ),
    Mutant(
        "an unknown holder is taken while seeds are unheard",
        RECONCILE + "judge.rs",
        "SeedsHeard::Unheard => false,",
        "SeedsHeard::Unheard => true,",
    ),
    Mutant(
        "H1 applies to a late call of the own predecessor",
        RECONCILE + "judge.rs",
        "!lost_again && self.tenure.may_move_back",
        "false && !lost_again && self.tenure.may_move_back",
    ),
    Mutant(
        "late calls are moved back for ever",
        RECONCILE + "tenure.rs",
        "const MOVES_BACK: u32 = 2;",
        "const MOVES_BACK: u32 = 2_000;",
    ),
    Mutant(
        "H1 is off: who was overwritten forgets it",
        RECONCILE + "tenure.rs",
        "        if !self.has_held() {\n            return Elsewhere::NeverHeld;",
        "        if !self.has_held() || settle > Duration::ZERO {\n            return Elsewhere::NeverHeld;",
    ),
    Mutant(
        "H1 without settle: one reading deposes",
        RECONCILE + "tenure.rs",
        "if begun.since(first_read) >= settle {",
        "if begun.since(first_read) <= settle {",
    ),
    Mutant(
        "R2 is off: the deposed keep their place",
        ELECTION + "nomination.rs",
        "StepDown::MoreSenior | StepDown::Leaving) && !no_quorum",
        "StepDown::MoreSenior | StepDown::Leaving) && !no_quorum && !deposed",
    ),
    Mutant(
        "H2 is inverted: who holds the address loses",
        ELECTION + "meeting.rs",
        "        mine == Some(true),\n",
        "        mine != Some(true),\n",
    ),
    Mutant(
        "H3 is off: a claim of an older reign is heeded",
        ELECTION + "nomination.rs",
        "m.claims() && !self.is_silent(m, now) && m.acknowledged() >= self.predecessor",
        "m.claims() && !self.is_silent(m, now)",
    ),
    Mutant(
        "H4 is off: a leader ignores a newer reign without a leader",
        ELECTION + "meeting.rs",
        "!met(m) && m.acknowledged() > *own",
        "!met(m) && m.acknowledged() > *own && false",
    ),
    Mutant(
        "E1 from a reset stream",
        ELECTION + "losses.rs",
        "refused_at == Some(member.at) && Self::refusal_is_proof(member)",
        "refused_at == Some(member.at)",
    ),
    Mutant(
        "silence needs no second observer's agreement",
        ELECTION + "evidence.rs",
        "(corroborated && doubted)",
        "(corroborated || doubted)",
    ),
    Mutant(
        "ties are not broken",
        ELECTION + "seniority.rs",
        "if !self.is_eligible() || !tied(self) {",
        "if !self.is_eligible() || tied(self) {",
    ),
    Mutant(
        "a quorum is one less",
        ELECTION + "quorum.rs",
        "voters / 2 + 1",
        "voters / 2",
    ),
    Mutant(
        "a voter votes for older reigns too",
        ELECTION + "quorum.rs",
        "if Some(vote.epoch) > newest {",
        "if Some(vote.epoch) > newest || newest.is_some() {",
    ),
    Mutant(
        "votes of voters that are not heard count",
        ELECTION + "quorum.rs",
        "self.is_observer(m, now) && named.is_none_or(|l|",
        "named.is_none_or(|l|",
    ),
    Mutant(
        "voters number their reigns alike",
        ELECTION + "quorum.rs",
        "Epoch(epoch.0.saturating_add(ahead))",
        "Epoch(epoch.0.saturating_add(ahead - ahead))",
    ),
    Mutant(
        "a leader keeps voters that follow somebody else",
        ELECTION + "quorum.rs",
        "self.is_observer(m, now.mono) && !elsewhere",
        "self.is_observer(m, now.mono) && (!elsewhere || elsewhere)",
    ),
    Mutant(
        "a leader without an answer from the cloud hands over to anybody",
        ELECTION + "reach.rs",
        "m.reached_at() > since",
        "m.reached_at() > since || since.is_some()",
    ),
    Mutant(
        "the shared address is not asked",
        ELECTION + "evidence.rs",
        "&& !self.shared_address_vouches(",
        "&& !false && self.shared_address_vouches(",
    ),
    Mutant(
        "leadership is looked at before a call alone, not while it is under way",
        "src/reconcile/address.rs",
        "            () = self.reign_ended() => None,\n            outcome = bounded(&*provider, \"assign\"",
        "            () = std::future::pending() => None,\n            outcome = bounded(&*provider, \"assign\"",
    ),
    Mutant(
        "the vote of a voter that names another candidate counts",
        ELECTION + "quorum.rs",
        "self.is_observer(m, now) && named.is_none_or(|l| *l == self.me.addr)",
        "self.is_observer(m, now) && named.is_none_or(|_| true)",
    ),
    Mutant(
        "a leader gives up for a newer reign in the middle of a meeting",
        ELECTION + "meeting.rs",
        "if !self.meetings.open.is_empty() {\n            self.meetings.newer_since = None;",
        "if false && !self.meetings.open.is_empty() {\n            self.meetings.newer_since = None;",
    ),
    Mutant(
        "a pause is no reason to leave an address elsewhere",
        RECONCILE + "arbiter.rs",
        "        if lead.paused {\n            return rest(Why::Paused, until);",
        "        if false && lead.paused {\n            return rest(Why::Paused, until);",
    ),
    Mutant(
        "a blind takeover heeds no pause",
        RECONCILE + "arbiter.rs",
        "tenure.blind_tried |= lead.paused;",
        "tenure.blind_tried |= false && lead.paused;",
    ),
    Mutant(
        "a pause is not passed on",
        ELECTION + "pausing.rs",
        "for wish in wishes {",
        "for wish in wishes.into_iter().skip(usize::MAX) {",
    ),
    Mutant(
        "a forged serial of a pause is taken over",
        ELECTION + "pausing.rs",
        "if wish.serial <= known.saturating_add(MAX_LEAP) {",
        "if true || wish.serial <= known.saturating_add(MAX_LEAP) {",
    ),
]
