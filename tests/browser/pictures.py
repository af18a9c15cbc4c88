"""Pictures of the real pages, with the demonstration data: `python -m tests.browser.pictures ADDRESS FOLDER`."""

import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

# As the server prints them at its start: this program only knows what a person at a browser knows.
ADDRESS = "{}@majorops.example"
PASSWORD = "what-did-we-learn"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT_SECONDS = 300


@dataclass(frozen=True)
class Picture:
    """One page as one person sees it, or one `part` of it by its selector. `path` may name a link's words to follow,
    after `>`."""

    name: str
    who: str
    path: str
    dark: bool = False
    width: int = 1280
    height: int = 860
    part: str = ""


IN_REVIEW = "/after-actions/?view=list&status=in_review > "
FIREWALL = "False firewall blocks after ingress upgrade stop staff sign-in"

PICTURES = (
    Picture("home", "mim", "/"),
    Picture("incidents", "mim", "/incidents/"),
    Picture("console", "mim2", "/incidents/?status=open > Faulty node image makes nodes flap"),
    Picture("record", "mim", f"/incidents/ > {FIREWALL}"),
    Picture("board", "mim", "/after-actions/"),
    Picture("draft", "mim", "/after-actions/?view=list&status=draft > Phishing site imitates > Draft > Root cause"),
    Picture("timeline", "mim", f"{IN_REVIEW}{FIREWALL} > Read", width=1360, part="#timeline .timeline-picture"),
    Picture("read-phone", "attendee", f"{IN_REVIEW}{FIREWALL} > Read", width=360, height=760),
    Picture("people", "mim", f"{IN_REVIEW}{FIREWALL} > People"),
    Picture("meeting", "mim", f"{IN_REVIEW}Company-wide check for the Log4j flaw > Meeting", dark=True),
    Picture("deadlines", "mim", f"{IN_REVIEW}{FIREWALL} > Deadlines"),
    Picture("overdue", "manager", "/overdue/"),
    Picture("actions", "owner", "/actions/"),
    Picture("library", "attendee", "/library/"),
    Picture("inbox", "manager", "/inbox/"),
)  # fmt: skip


def wait_for(base: str) -> None:
    """Until the product answers; loading the demonstration takes a moment."""
    for _ in range(WAIT_SECONDS):
        try:
            urllib.request.urlopen(f"{base}/readyz", timeout=2).read()
            return
        except OSError:
            time.sleep(1)
    raise SystemExit(f"Nothing answers at {base}.")


def signed_in(browser: Browser, base: str, picture: Picture) -> Page:
    page = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.dark else "light",
    ).new_page()
    page.goto(f"{base}/accounts/login/")
    page.get_by_label("mail").first.fill(ADDRESS.format(picture.who))
    page.get_by_label("Password").first.fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(f"{base}/")
    return page


def take(browser: Browser, base: str, picture: Picture, folder: Path) -> None:
    page = signed_in(browser, base, picture)
    path, *links = (step.strip() for step in picture.path.split(" > "))
    page.goto(base + path)
    for words in links:
        page.locator("main").get_by_role("link", name=words).first.click()
        page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)
    shown = page.locator(picture.part) if picture.part else page
    shown.screenshot(path=folder / f"{picture.name}.png")
    page.context.close()


def main() -> None:
    base, folder = sys.argv[1].rstrip("/"), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    wait_for(base)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for picture in PICTURES:
            take(browser, base, picture, folder)
            print(f"{folder}/{picture.name}.png")
        browser.close()


if __name__ == "__main__":
    main()
