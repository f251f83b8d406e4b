"""Single changes of a case file: of its answers, and of what stands beside them, controls and evidence."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from risk_engine.engine.assess import assess
from risk_engine.engine.find import control_states
from risk_engine.files.diagnostics import InvalidSourceError, quoted, suggestion
from risk_engine.files.language import _
from risk_engine.loading.case import case_of
from risk_engine.loading.validate import path_problem
from risk_engine.model.case import Case
from risk_engine.model.criteria import Option
from risk_engine.office.forms.case_file import EVIDENCE
from risk_engine.office.forms.case_record import Data
from risk_engine.office.forms.edit_answers import CONTROLS, AnswerEdit, day_or_text
from risk_engine.office.forms.merge import described

_OF_A_CONTROL: Final = ("status", "owner", "due")


class CaseEdit(AnswerEdit):
    """A case file that is being changed: its answers, its controls and its evidence."""

    def set(self, path: str, text: str) -> bool:
        """Give what a path names another value; return whether it is an answer that now stands."""
        name, _dot, rest = path.partition(".")
        if name == CONTROLS and rest:
            if self._is_first(path, text):
                control, _dot, what = rest.partition(".")
                self._set_of_control(path, self.control_today(control), what, text)
            return False
        return super().set(path, text)

    def remove(self, path: str) -> None:
        """Take out what a path names: an answer, an entry, a control, a record of evidence, a key of the head."""
        name, *parts = path.split(".")
        if path in (*self.criteria.controls, *self.names.known_controls(self.day)) or (
            name == CONTROLS and len(parts) == 1
        ):
            self._remove_control(parts[0] if parts else path)
        elif name == EVIDENCE and len(parts) == 1:
            self._remove_evidence(path, parts[0])
        else:
            super().remove(path)

    def _remove_control(self, control: str) -> None:
        control = self.control_today(control)
        found = next((one for one in self._controls() if one.get("id") == control), None)
        if found is None:
            known = [str(one.get("id")) for one in self._controls()]
            self.problem(control, _("the case has no such control"), suggestion(control, known))
            return
        self._taken_out(control, found)
        left = tuple(one for one in self._controls() if one.get("id") != control)
        self.record = self.record.with_value(CONTROLS, left)

    def _remove_evidence(self, path: str, number: str) -> None:
        # Counted as the file has them, whatever went before.
        have = self.renamed.document.data.get(EVIDENCE) or ()
        if not number.isdecimal() or not 1 <= int(number) <= len(have):
            way_out = _("the records are counted from 1 to {last}", last=len(have)) if have else ""
            self.problem(path, _("there is no such record of evidence"), way_out)
            return
        at = int(number) - 1
        if at in self._gone:
            return
        now = at - sum(one < at for one in self._gone)
        self.said.append(f"{path}: {described(have[at])} -> -")
        self.is_smaller = True
        self._gone |= {at}
        left = tuple(one for place, one in enumerate(self.record.evidence) if place != now)
        self.record = self.record.with_value(EVIDENCE, left)

    # --- controls ---

    def _controls(self) -> tuple[Data, ...]:
        found = self.data.get(CONTROLS)
        return found if isinstance(found, tuple) else ()

    def add_control(self, control: str, stated: Mapping[str, Any], evidence: Sequence[Data]) -> None:
        """Add a control with what is stated of it, or change what the case says of it; evidence is added to it.

        What a new one does for the findings of the case is said.
        """
        control = self.control_today(control)
        if control not in self.criteria.controls:
            self.problem(control, _("there is no such control"), suggestion(control, self.criteria.controls))
            return
        have = next((one for one in self._controls() if one.get("id") == control), None)
        old: Data = have or {"id": control, "status": "planned"}
        new: Data = {**old, **stated}
        if evidence:
            new["evidence"] = (*old.get("evidence", ()), *evidence)
        if not self._fits(control, {CONTROLS: (new,)}, Case):
            return
        title = self.criteria.controls[control].title
        if have is None:
            self.said.append(
                _("new: {control} ({title}), {status}", control=control, title=title, status=new["status"])
            )
            self._say_what_it_lowers(control)
        for name in _OF_A_CONTROL:
            if have is not None and have.get(name) != new.get(name):
                self._say(f"{CONTROLS}.{control}.{name}", have.get(name), new.get(name))
        self.said += [
            _("{path}: evidence added: {record}", path=f"{CONTROLS}.{control}", record=described(one))
            for one in evidence
        ]
        left = self._controls()
        controls = (*left, new) if have is None else tuple(new if one is have else one for one in left)
        self.record = self.record.with_value(CONTROLS, controls)
        self._say_whether_it_counts(control, new)

    def _say_what_it_lowers(self, control: str) -> None:
        """Say which findings a control lowers and what it needs for that, in the case as it was before."""
        try:
            case = case_of(self.document, self.criteria)
        except InvalidSourceError:
            return  # a case that is being mended has none yet
        findings = [one.id for one in assess(case, self.criteria, self.day).findings]
        lowered = {name: options for name in findings if (options := self._options(name, control))}
        if not lowered:
            self.said.append(_("{control}: it lowers no finding that the case has now", control=control))
        for name, options in lowered.items():
            needs = dict.fromkeys(kind for one in options for kind in one.needs)
            others = dict.fromkeys(other for one in options for other in one.all if other != control)
            alone = any(one.all == (control,) for one in options)
            parts = [_("it lowers {finding} ({title})", finding=name, title=self.criteria.indicators[name].title)]
            parts += [_("together with {controls}", controls=quoted(others, "and"))] if others and not alone else []
            parts += [_("with evidence of the kind {kinds}", kinds=quoted(needs))] if needs else []
            self.said.append(f"{control}: {', '.join(parts)}")

    def _options(self, finding: str, control: str) -> list[Option]:
        return [one for one in self.criteria.indicators[finding].controls if control in one.all]

    def _say_whether_it_counts(self, control: str, new: Data) -> None:
        """Say that a control which is said to be in place counts as agreed, where it has no evidence yet."""
        case = Case.model_validate({"id": "case", "title": "case", CONTROLS: (new,)})
        state = control_states(case, self.day)[control]
        if new["status"] in {"implemented", "verified"} and state.counts_as != "in_place":
            text = _("{control}: no evidence counts on {day}, so it counts as agreed", control=control, day=self.day)
            self.said.append(text)

    def _set_of_control(self, path: str, control: str, name: str, text: str) -> None:
        have = next((one for one in self._controls() if one.get("id") == control), None)
        if have is None:
            known = [str(one.get("id")) for one in self._controls()]
            self.problem(
                path,
                _("the case has no control `{control}`", control=control),
                suggestion(control, known) or f"risk-engine case add-control {self.target} {control}",
            )
        elif name not in _OF_A_CONTROL:
            self.problem(path, _("this is not set by a value"), suggestion(name, _OF_A_CONTROL))
        else:
            value = day_or_text(text) if name == "due" else text
            if self._fits(path, {CONTROLS: ({**have, name: value},)}, Case):
                self._say(path, have.get(name), value)
                new = {**have, name: value}
                self.record = self.record.with_value(
                    CONTROLS, tuple(new if one is have else one for one in self._controls())
                )
                self._say_whether_it_counts(control, new)

    # --- evidence ---

    def add_evidence(self, paths: Sequence[str], record: Data) -> None:
        """Add a record of evidence for the answers that these paths name."""
        paths = tuple(map(self.path_today, paths))
        wrong = [(path, problem) for path in paths if (problem := path_problem(path, self.data, self.criteria))]
        for path, problem in wrong:
            self.problem(path, *problem)
        new = {"for": tuple(dict.fromkeys(paths)), **record}
        if wrong or not self._fits(_("evidence"), {EVIDENCE: (new,)}, Case):
            return
        self.said.append(_("evidence for {paths}: {record}", paths=", ".join(new["for"]), record=described(new)))
        self.record = self.record.with_value(EVIDENCE, (*self.record.evidence, new))
