// The list of users: what is found, where one is, what is selected, what leaves as a file.

import { readFile } from "node:fs/promises";
import { expect, test } from "../fixtures/test.ts";
import { UsersPage } from "../pages/users.page.ts";
import { School, enterDemo, teachers } from "../support/school.ts";

const bare = (text: string) =>
  text.normalize("NFD").replace(/[\u0300-\u036f'’]/g, "").toLowerCase();

const demo = (await readFile("data/demo/utenti.csv", "utf8"))
  .replace(/^\ufeff/, "")
  .trim()
  .split(/\r?\n/)
  .slice(1)
  .map((line) => {
    const [username, surname, name, code, mail, groups, active] = line.split(";") as [string, string, string, string, string, string, string];
    return { username, surname, name, code, mail, groups: groups.split(", "), active: active === "Si" };
  });

/** How many of the demo's users every word is found in. */
const found = (text: string) =>
  demo.filter((u) => {
    const all = bare([u.surname, u.name, u.mail, u.code, u.username].join(" "));
    return bare(text).split(" ").every((word) => all.includes(word));
  }).length;

test("the free search finds names without their accents and apostrophes, in any order, and addresses and codes", async ({
  page,
}) => {
  await enterDemo(page);
  const users = new UsersPage(page);
  await users.goto();
  for (const text of ["dallo", "DALL'Ò", "muller federico", "federico MÜLLER", "mllsni75", "sian.muller1600@", "0000143"]) {
    expect(found(text), text).toBeGreaterThan(0);
    await users.searchFor(text);
    await users.expectFound(found(text));
    await expect(users.rows, text).toHaveCount(found(text));
  }
  await users.searchFor("dangelo arianna");
  await users.expectFound(found("dangelo arianna"));
  await expect(users.row("D'ANGELO ARIANNA")).toBeVisible();
  await users.searchFor("nessuno si chiama così");
  await expect(page.getByText("Nessun utente corrisponde ai filtri.")).toBeVisible();
  await page.getByRole("region", { name: "Elenco degli utenti" }).getByRole("button", { name: "Azzera filtri" }).click();
  await expect(users.search).toBeFocused();
  await expect(users.search).toHaveValue("");
  await expect(users.rows.first()).toBeVisible();
});

test("what was searched for stands in the fragment and in no address that reaches a server", async ({ page }) => {
  await enterDemo(page);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(`${request.url()} ${request.headers()["referer"] ?? ""}`));
  const users = new UsersPage(page);
  expect(found("muller")).toBeGreaterThan(0);
  await users.goto();
  await users.searchFor("muller");
  await expect(page).toHaveURL(/\/utenti#q=muller$/);
  await users.expectFound(found("muller"));
  await users.button("Cognome").click();
  await expect(page).toHaveURL(/\/utenti\?ordina=-cognome#q=muller$/);
  await users.reload();
  await users.expectFound(found("muller"));
  await expect(users.search).toHaveValue("muller");
  await users.surnames.first().click();
  await expect(page).toHaveURL(/\/utenti\/\d+$/);
  expect(asked.length).toBeGreaterThan(5);
  expect(asked.filter((line) => /muller/i.test(line.replace(/#.*? /, " ")))).toEqual([]);
});

test("filter, order and page stand in the address: back, forward and reload show the same", async ({ page }) => {
  await enterDemo(page);
  const users = new UsersPage(page);
  const pupils = demo.filter((u) => u.groups.includes("Alunni")).length;
  await users.goto("?righe=25");
  await users.filterByGroups("Alunni");
  await users.expectFound(pupils);
  await users.pager.getByRole("button", { name: "Successivo" }).click();
  await expect(page.getByText(`Totale pagine 2 di ${Math.ceil(pupils / 25)}`)).toBeVisible();
  await expect(page).toHaveURL(/\?gruppo=alunni&righe=25&pagina=2$/);
  await expect(page).toHaveTitle(/pagina 2 di/);
  const second = await users.surnames.allInnerTexts();

  await users.reload();
  await expect(page.getByText("Totale pagine 2 di")).toBeVisible();
  expect(await users.surnames.allInnerTexts()).toEqual(second);
  await page.goBack();
  await expect(page.getByText("Totale pagine 1 di")).toBeVisible();
  await page.goBack();
  await users.expectFound(demo.length + 1);
  await expect(page.getByRole("button", { name: "Togli il filtro «Gruppo: Alunni»" })).toHaveCount(0);
  await page.goForward();
  await users.expectFound(pupils);
  await page.goForward();
  await expect(page.getByText("Totale pagine 2 di")).toBeVisible();
  await expect(users.surnames).toHaveText(second);

  await page.getByRole("button", { name: "Togli il filtro «Gruppo: Alunni»" }).click();
  await users.expectFound(demo.length + 1);
  await expect(page).toHaveURL(/\/utenti\?righe=25$/);
});

test("a page past the end, no rows at all and unknown keys lead to a list, with a word where it matters", async ({
  page,
}) => {
  await enterDemo(page);
  const users = new UsersPage(page);
  await users.goto("?pagina=99");
  await expect(page.getByText("La pagina 99 non esiste: ecco la prima.")).toBeVisible();
  await expect(users.rows).toHaveCount(50);
  for (const query of ["?righe=0", "?righe=-5&pagina=abc&ordina=colore", "?pippo=1&gruppo=A%20B&stato=boh", "?gruppo=%00%ff", "?pagina=99999999999999999999"]) {
    await users.goto(query);
    await expect(users.rows, query).toHaveCount(50);
    await expect(page.getByText(/Non riesco a caricare/), query).toHaveCount(0);
  }
});

test("a column sorts both ways, says so, and only one does", async ({ page }) => {
  await enterDemo(page);
  const users = new UsersPage(page);
  await users.goto("?righe=100");
  const sorted = page.locator("th[aria-sort]");
  await expect(sorted).toHaveCount(1);
  await expect(users.table.getByRole("columnheader", { name: "Cognome" })).toHaveAttribute("aria-sort", "ascending");
  const first = await users.surnames.first().innerText();
  await users.button("Cognome").click();
  await expect(users.table.getByRole("columnheader", { name: "Cognome" })).toHaveAttribute("aria-sort", "descending");
  await expect(users.surnames.first()).not.toHaveText(first);
  const z = await users.surnames.first().innerText();
  expect(bare(z) > bare(first)).toBe(true);
  await users.button("Nome utente").click();
  await expect(users.table.getByRole("columnheader", { name: "Nome utente" })).toHaveAttribute("aria-sort", "ascending");
  await expect(sorted).toHaveCount(1);
  await expect(users.rows.first()).toContainText("0000001");
});

test("«Righe per pagina» is remembered for the person, on every device", async ({ page, browser }) => {
  const school = await School.with(teachers(12));
  await school.enter(page);
  const users = new UsersPage(page);
  await users.goto();
  await expect(users.rowsPerPage).toHaveValue("50");
  await expect(users.rows).toHaveCount(13);
  const kept = page.waitForResponse(/\/api\/users\/.*rows/);
  await users.rowsPerPage.selectOption("10");
  await expect(users.rows).toHaveCount(10);
  await kept;
  const context = await browser.newContext();
  const other = await context.newPage();
  await school.enter(other);
  const elsewhere = new UsersPage(other);
  await elsewhere.goto();
  await expect(elsewhere.rowsPerPage).toHaveValue("10");
  await expect(elsewhere.rows).toHaveCount(10);
  await context.close();
});

test("«Tutti» holds every row and draws only those in sight", async ({ page }) => {
  await enterDemo(page);
  const users = new UsersPage(page);
  await users.goto("?righe=tutti");
  await expect(users.table).toHaveAttribute("aria-rowcount", String(demo.length + 2));
  expect(await users.rows.count()).toBeLessThan(150);
  await expect(users.rows.first()).toHaveAttribute("aria-rowindex", "2");
  const last = page.locator(`tr[aria-rowindex="${demo.length + 2}"]`);
  // Rows differ in height, so the end may move once while they come.
  await expect(async () => {
    await page.keyboard.press("End");
    await expect(last.getByRole("link").first()).toBeInViewport({ timeout: 1_000 });
  }).toPass();
  expect(await users.rows.count()).toBeLessThan(150);
  await expect(page.locator('tr[aria-rowindex="2"]')).toHaveCount(0);
  await last.getByRole("checkbox").check();
  await expect(users.selection).toContainText("1 utente selezionato");
  await page.keyboard.press("Home");
  await page.evaluate(() => window.scrollTo(0, 0));
  await expect(page.locator('tr[aria-rowindex="2"]').getByRole("link").first()).toBeVisible();
});

test("a selection survives paging, sorting and reload; other filters ask what becomes of it", async ({ page }) => {
  const school = await School.with([
    ...teachers(12),
    { username: "9000001", surname: "Abate", name: "Tutrice", mail: "tutrice@famiglie.example", groups: "Tutori" },
  ]);
  await school.enter(page);
  const users = new UsersPage(page);
  await users.goto("?righe=10&gruppo=docenti");
  await expect(users.selectPage).not.toBeChecked();
  await users.tick("Bianchi Anna").check();
  await users.tick("Conti Anna").check();
  expect(await users.selectPage.evaluate((box: HTMLInputElement) => box.indeterminate), "some of the page").toBe(true);
  await users.pager.getByRole("button", { name: "Successivo" }).click();
  await expect(users.rows).toHaveCount(2);
  await users.tick("Serra Anna").check();
  await expect(users.selection).toContainText("3 utenti selezionati");
  await users.button("Cognome").click();
  await expect(users.tick("Serra Anna")).toBeChecked();
  await users.reload();
  await expect(users.selection).toContainText("3 utenti selezionati");

  // Everyone found, less one.
  await users.button("Seleziona tutti i 12 utenti trovati").click();
  await users.tick("Serra Anna").uncheck();
  await expect(users.selection).toContainText("11 utenti selezionati: tutti i 12 trovati meno 1");
  await users.tools.click();
  await expect(users.item("Invio credenziali ad utenti selezionati (11)")).toBeVisible();
  await page.keyboard.press("Escape");

  await users.searchFor("abate");
  const question = page.getByRole("alertdialog", { name: "I filtri cambiano. E gli utenti selezionati?" });
  await page.keyboard.press("Escape");
  await expect(question).toBeHidden();
  await expect(users.selection).toContainText("11 utenti selezionati");
  await users.button("Filtra / Ricerca").click();
  await question.getByRole("button", { name: "Mantieni i 11 selezionati" }).click();
  await expect(users.selection).toContainText("11 utenti selezionati");
  await page.getByRole("search").getByRole("button", { name: "Azzera filtri" }).click();
  await question.getByRole("button", { name: "Deseleziona" }).click();
  await expect(users.selection).toHaveCount(0);
  await expect(users.tick("Serra Anna")).not.toBeChecked();

  await users.tools.click();
  const send = users.item(/^Invio credenziali/);
  await expect(send).toHaveAttribute("aria-disabled", "true");
  await expect(send).toContainText("Seleziona almeno un utente");
});

test("the exported list opens in a spreadsheet and brings no formula along", async ({ page }) => {
  const school = await School.with([
    ...teachers(12),
    { username: "9000001", surname: "=SOMMA(A1)", name: "+39", mail: "formula@docenti.example", groups: "Docenti" },
    { username: "9000002", surname: "Abate", name: "Tutrice", mail: "tutrice@famiglie.example", groups: "Tutori" },
  ]);
  await school.enter(page);
  const users = new UsersPage(page);
  await users.goto("?gruppo=docenti&righe=10");
  await users.tools.click();
  const csv = page.waitForEvent("download");
  await users.item("Esporta elenco (CSV)").click();
  const file = await csv;
  expect(file.suggestedFilename()).toMatch(/^utenti-\d{4}-\d\d-\d\d\.csv$/);
  const bytes = await readFile(await file.path());
  expect([...bytes.subarray(0, 3)], "a byte order mark").toEqual([0xef, 0xbb, 0xbf]);
  const lines = bytes.toString("utf8").slice(1).trim().split(/\r?\n/);
  expect(lines[0]).toMatch(/^"?Nome utente"?;"?Cognome"?;"?Nome"?;/);
  expect(lines, "all pages, and only what is filtered").toHaveLength(1 + 13);
  const formula = lines.find((line) => line.includes("SOMMA"))!;
  expect(formula).toMatch(/;"?'=SOMMA\(A1\)"?;"?'\+39"?;/);

  await users.tools.click();
  const excel = page.waitForEvent("download");
  await users.item("Esporta elenco (Excel)").click();
  const sheet = await readFile(await (await excel).path());
  expect(sheet.subarray(0, 2).toString("latin1"), "a workbook").toBe("PK");
});
