"""Where the settings of a connection are from: what `connections list` shows, and none of them."""

from adapters.sealing import key_id
from adapters.stored_erps import name_of
from command_line.connection_services import Everything
from domain.erps import ErpIntegration, ErpTrouble


async def shown(all: Everything, one: ErpIntegration) -> dict[str, object]:
    secret = await all.vault.secrets.find((one.company_id, one.id))
    told = name_of(one) in all.settings.connections
    trouble = None
    if secret is not None:
        try:
            all.vault.unsealed(secret)
        except ErpTrouble as it:
            trouble = it.detail
    return {
        "companyId": one.company_id,
        "id": one.id,
        "name": one.name,
        "erp": one.erp,
        "settingsFrom": "stored" if secret else "environment" if told else None,
        "changedAt": secret.changed_at.isoformat(timespec="seconds") if secret else None,
        "keyId": key_id(secret.sealed) if secret else None,
        "trouble": trouble,
    }


def as_text(shown: dict[str, object]) -> str:
    match shown["settingsFrom"]:
        case "stored":
            settings = f"stored on {shown['changedAt']}, encrypted with the key {shown['keyId']}"
        case "environment":
            settings = "ERP_LINK_CONNECTIONS"
        case _:
            settings = "none"
    lines = [
        f"{shown['companyId']}/{shown['id']} {shown['name']} ({shown['erp']})",
        f"  settings  {settings}",
    ]
    return "\n".join(lines + ([f"  trouble   {shown['trouble']}"] if shown["trouble"] else []))
