"""Where a flag went: the sentences for a flag that a release does not have."""

from __future__ import annotations

import difflib

from vitessctl.releases import ranges
from vitessctl.releases.knowledge import Knowledge, flag_key


def unknown_flag(knowledge: Knowledge, release: str, component: str, flag: str) -> str:
    """One or two sentences: when the flag was there, what replaced it, who else has it, what was meant."""
    key = flag_key(flag)
    here = knowledge.accepted(component, release).get(key)
    if here:
        return f"{component} of {release} has it as --{here[0]}"
    facts = [_history(knowledge, release, component, key), _successor(knowledge, key)]
    if not facts[0]:
        facts.append(_elsewhere(knowledge, release, component, key))
    if not any(facts):
        facts.append(_meant(knowledge, release, component, key))
    text = "; ".join(fact for fact in facts if fact)
    return text or f"no release from {knowledge.names[0]} to {knowledge.names[-1]} has it, for any component"


def _history(knowledge: Knowledge, release: str, component: str, key: str) -> str:
    having = knowledge.having(component, key)
    if not having:
        return ""
    spans = ranges.spans(having, knowledge.names)
    here = knowledge.names.index(release)
    before = [span for span in spans if knowledge.names.index(span[1]) < here]
    after = [span for span in spans if knowledge.names.index(span[0]) > here]
    spelled = knowledge.accepted(component, having[-1])[key][0]
    if before and after:
        return f"{component} had --{spelled} until {before[-1][1]} and has it again from {after[0][0]}"
    if before:
        dropped = knowledge.names[knowledge.names.index(before[-1][1]) + 1]
        return f"{component} had --{spelled} from {before[0][0]} to {before[-1][1]}, {dropped} dropped it"
    return f"--{spelled} first appears in {component} {after[0][0]}"


def _successor(knowledge: Knowledge, key: str) -> str:
    successor = knowledge.renamed.get(key)
    return f"in its place {successor}" if successor else ""


def _elsewhere(knowledge: Knowledge, release: str, component: str, key: str) -> str:
    others = [other for other in knowledge.flags if other != component and key in knowledge.accepted(other, release)]
    return f"it is a flag of {_list(others)}, not of {component}" if others else ""


def _meant(knowledge: Knowledge, release: str, component: str, key: str) -> str:
    accepted = knowledge.accepted(component, release)
    close = difflib.get_close_matches(key, accepted, n=1, cutoff=0.75)
    return f"did you mean --{accepted[close[0]][0]}?" if close else ""


def _list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
