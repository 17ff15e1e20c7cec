"""The `mywork` command: each subcommand is short, imports late, and says what it did.

Exit codes: 0 yes, 1 no (with one line that says why), 2 wrong usage.
"""

import gc
from importlib import import_module

import click

# Where each command of a group stands; the module adds it to its group when it is imported.
MODULES = {
    "main": {
        "audit": "audit", "bench": "bench", "breaks": "breaks", "debts": "debts", "dev": "running",
        "disputes": "refunds", "ledger": "ledger", "migrate": "running", "payouts": "payouts",
        "period": "period", "projections": "projections", "reconcile": "reconcile",
        "refunds": "refunds", "replay": "replay", "role": "people", "sellers": "sellers",
        "serve": "running", "token": "people", "what-if": "what_if", "worker": "running",
    },
    "audit": {"keys": "audit_keys", "verify-archive": "archive"},
    "ledger": {
        "balance-sheet": "financials", "explain": "explain", "export": "exports",
        "profit-and-loss": "financials", "safeguarding": "financials", "statement": "statements",
        "statement-difference": "statements", "tax-summary": "statements",
    },
}  # fmt: skip


class LazyGroup(click.Group):
    """A group that imports a command when it is asked for."""

    group_class = type

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *MODULES.get(self.name or "", ())})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = MODULES.get(self.name or "", {}).get(cmd_name)
        if module:
            import_module(f"{__name__}.{module}")
        return super().get_command(ctx, cmd_name)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mywork")
def main() -> None:
    """The payments and ledger core of a marketplace.

    \b
    Example:
      mywork dev            everything on this machine, with a demo
      mywork --help         what else there is
    """
    gc.set_threshold(50_000)  # to import is to make much and to drop little
