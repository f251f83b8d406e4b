"""The solver itself: whether it is there, what it is called, and how it is asked."""

from typing import TYPE_CHECKING

from risk_engine.files.diagnostics import MissingExtraError
from risk_engine.files.interrupts import end_if_interrupted, end_on_interrupt
from risk_engine.files.language import _

if TYPE_CHECKING:
    import z3


def need_solver() -> None:
    """Raise MissingExtraError where the solver is not installed."""
    try:
        import z3  # noqa: F401 (only whether it is there)
    except ImportError as error:
        message = _("questions about all possible cases need a solver that is not installed")
        raise MissingExtraError(message, "audit") from error


def new_solver(context: "z3.Context") -> "z3.Solver":
    """Return a solver of yes and no terms that knows nothing yet."""
    import z3

    solver = z3.SolverFor("QF_FD", context)
    # Nearly all that is false means "as in the base case": what is found first is then nearly the smallest.
    solver.set("phase", "always_false")
    # It costs more than it saves: the questions are many and short.
    solver.set("probing", False)  # noqa: FBT003
    # So does simplifying what it knows anew at each question, long before it has had to guess much.
    solver.set("simplify.delay", 100_000)
    # Else it hears Ctrl-C in Python's stead, and tells nobody.
    solver.set("ctrl_c", False)  # noqa: FBT003
    end_on_interrupt(context)
    return solver


def solver_name() -> str:
    """Return what the solver is called, with its version."""
    import z3

    return f"z3 {z3.get_version_string()}"


def ask_solver(solver: "z3.Solver", *assumed: "z3.BoolRef") -> "z3.CheckSatResult":
    """Return the solver's answer; raises KeyboardInterrupt where Ctrl-C ended its work."""
    found = solver.check(*assumed)
    end_if_interrupted()
    return found


def work_of(solver: "z3.Solver") -> int:
    """Return the work that was done so far for all questions about the same terms, in the solver's own count."""
    return int(solver.statistics().get_key_value("rlimit count"))
