"""Who sits at the desk: whose marks, filters and decisions these are, and what he may do."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from tocsin.records.account import ROLES, Account, Act, Role, may_do
from tocsin.web.guards import RoleError

#: Stands for everybody where the desk has no accounts: whoever reaches the port on loopback.
DESK_PERSON = "desk"


def find_person(request: Request) -> str:
    """The account's name; on a desk without accounts one name for all who reach it."""
    return getattr(request.state, "person", None) or DESK_PERSON


def find_role(request: Request) -> Role | None:
    """The role of who asks; None for a stranger, who is shown nothing of the desk."""
    role = getattr(request.state, "role", None)
    return role if role in ROLES else None


def find_account(request: Request) -> Account | None:
    """The account of who asks; None for a stranger, and on a desk without accounts."""
    account = getattr(request.state, "account", None)
    return account if isinstance(account, Account) else None


def may(request: Request, act: Act) -> bool:
    """Whether who asks may do something: what a page leaves out for those who may not."""
    role = find_role(request)
    return role is not None and may_do(role, act)


def require(request: Request, act: Act, what: str) -> None:
    """Raises RoleError where who asks may not: for what a form asks for beyond its route."""
    if not may(request, act):
        needed = next(role for role in ROLES if may_do(role, act))
        raise RoleError("role", find_role(request) or "none", f"{what} takes the role {needed}")


async def _give_person(request: Request) -> str:
    return find_person(request)


#: The name that decisions are kept under, as a parameter of a handler: no form can say another.
WhoHere = Annotated[str, Depends(_give_person)]
