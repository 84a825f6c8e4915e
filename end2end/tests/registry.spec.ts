// «Anagrafiche»: cards, filters, a person's page, folders, and what is refused and why.

import { writeFile } from "node:fs/promises";
import { expect, test, type Page } from "../fixtures/test.ts";
import { RegistryPage } from "../pages/registry.page.ts";
import { expectAccessible, inColours } from "../support/axe.ts";
import { expectFocusSomewhere, tabTo } from "../support/keyboard.ts";
import { School } from "../support/school.ts";

test.use({ contextOptions: { reducedMotion: "reduce" } });

const PERSONS = `Codice;Cognome;Nome;Codice fiscale;Partita IVA;Data di nascita;Mail;Tipo anagrafica;Plesso;Anno scolastico;Classe
1518;AXIOS ITALIA SERVICE SRL;;06331261005;06331261005;;;Esterni;;;
1;Rossi;Maria;RSSMRA80A41H501Y;;01/01/1980;maria@scuola.example;Dipendenti;;;
2;Rossi;Maria;RSSMRA80A41H501Y;;01/01/1980;maria@scuola.example;Tutori;;;
3;D'Angelò;Ugo;;;09/02/2015;;Alunni;Primaria Dante;2026/2027;1B
4;Fò;Lea;;;10/03/2015;;Alunni;Media Verdi;2026/2027;3A`;

async function office(page: Page): Promise<RegistryPage> {
  const school = await School.with([]);
  await school.import("persons", PERSONS);
  await school.enter(page);
  return new RegistryPage(page);
}

test("the cards say what the registry knows; filters stand in the address, names only in its fragment", async ({ page }) => {
  const registry = await office(page);
  await registry.goto();
  await expect(registry.total).toHaveText("Totale elementi trovati in base al filtro: 5");
  const firm = registry.card("AXIOS ITALIA SERVICE SRL");
  for (const words of ["Codice: 00000000001518", "ATTIVO", "Esterni", "Non collegato al C/S", "NON COLLEGATO", "06331261005", "Fascicoli collegati: 0"]) {
    await expect(firm).toContainText(words);
  }
  await expect(registry.linked.getByRole("option", { name: "Solo non collegate (5)" })).toBeAttached();

  await page.getByRole("combobox", { name: "Tipo", exact: true }).selectOption("Alunni");
  await page.getByRole("combobox", { name: "Plesso" }).selectOption("Primaria Dante");
  await page.getByRole("combobox", { name: "Anno scolastico" }).selectOption("2026/2027");
  await page.getByRole("combobox", { name: "Classe" }).selectOption("1B");
  await registry.linked.selectOption({ value: "no" });
  await registry.search.fill("dangelo");
  await registry.search.press("Enter");
  await expect(registry.cards).toHaveCount(1);
  await expect(registry.card(/D'Angelò/i)).toBeVisible();
  const address = new URL(page.url());
  expect(address.search).toMatch(/^\?tipo=alunni&plesso=\d+&anno=2026&classe=1B&collegate=no$/);
  expect(address.hash).toBe("#q=dangelo");

  await registry.reload();
  await expect(registry.cards).toHaveCount(1);
  await registry.button(/Togli il filtro «Ricerca/).click();
  await registry.button(/Togli il filtro «Plesso/).click();
  await registry.button(/Togli il filtro «Classe/).click();
  await expect(registry.cards).toHaveCount(2);
  await page.goBack();
  await expect(registry.cards).toHaveCount(1);
  await registry.search.fill("nessuno così");
  await registry.filter.click();
  await expect(page.getByText("Nessuna anagrafica trovata con questi filtri.")).toBeVisible();

  await registry.button("UTILITA'").click();
  await expect(page.getByRole("menuitem", { name: "Allinea anagrafiche con utenti" })).toHaveAttribute(
    "href",
    "/allineamento?tipo=alunni#q=nessuno%20cos%C3%AC",
  );
  await page.keyboard.press("Escape");
  await registry.button("Azzera filtri").first().click();
  await registry.button("UTILITA'").click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Esporta elenco (CSV)" }).click();
  expect((await download).suggestedFilename()).toMatch(/^anagrafiche-.*\.csv$/);
});

test("a new person is checked after the submit, edited, warned about, and keeps the code it had", async ({ page, complaints }) => {
  complaints.allow(/422|409/);
  const registry = await office(page);
  await registry.goto();
  await registry.link("Nuova anagrafica").click();
  await registry.fill({ kind: "Dipendenti", surname: "Verdi", name: "Ugo", code: "RSSMRA80A41H501X" });
  await expect(registry.problem).toBeHidden();
  await registry.button("Salva").click();
  await expect(registry.problem).toContainText("dovrebbe essere Y");
  await expect(registry.problem).toBeFocused();
  await registry.fill({ code: "RSSMRA80A41H501Y" });
  await registry.button("Salva").click();
  // The same code in the same role: nothing is created before somebody says so.
  await expect(page.getByText("Questo codice fiscale c'è già")).toBeVisible();
  await registry.fill({ code: "0000002180610137" });
  await registry.button("Salva").click();
  await expect(registry.title).toHaveText("Verdi Ugo");
  await expect(registry.field("Codice fiscale")).toHaveValue("02180610137");

  // Somebody else saves meanwhile.
  const other = await page.context().newPage();
  const theirs = new RegistryPage(other);
  await theirs.open(new URL(page.url()).pathname);
  await theirs.fill({ name: "Ugo Maria" });
  await theirs.button("Salva").click();
  await expect(theirs.title).toHaveText("Verdi Ugo Maria");
  await other.close();
  await registry.fill({ code: "RSSMRA80A41H501Y", born: "1980-02-01" });
  await registry.button("Salva").click();
  await expect(registry.row(/^Nome/)).toContainText("Ugo Maria");
  await registry.button("Sovrascrivi").click();
  await expect(page.getByText("Il codice fiscale dice un'altra data di nascita: 01/01/80")).toBeVisible();
  await expect(page.getByText("Possibile doppione")).toBeVisible();
  await expect(registry.section("Codici fiscali precedenti")).toContainText("02180610137");
  await expect(registry.section("Cronologia")).toContainText("Dati modificati");

  await registry.button("Aggiungi iscrizione").click();
  await registry.dialog("Nuova iscrizione").getByRole("combobox", { name: "Plesso" }).selectOption("Media Verdi");
  await registry.dialog("Nuova iscrizione").getByLabel("Classe").fill("2C");
  await registry.dialog("Nuova iscrizione").getByRole("button", { name: "Salva" }).click();
  const row = registry.section("Iscrizioni").getByRole("row", { name: /2C/ });
  await expect(row).toContainText("Media Verdi");
  await row.getByRole("button", { name: /^Togli/ }).click();
  await expect(row).toBeHidden();
  await registry.messages.getByRole("button", { name: "Annulla" }).click();
  await expect(row).toBeVisible();
});

test("files of a folder are told by their content; a refusal loses nothing; who has folders is not deleted", async ({ page, complaints }, info) => {
  complaints.allow(/422/);
  const registry = await office(page);
  await registry.goto("#q=fò");
  await registry.card(/Fò/i).getByRole("link", { name: /\+ Fascicolo/ }).click();
  await expect(registry.field("Titolo")).toBeFocused();
  await registry.field("Titolo").fill("Iscrizione");
  await registry.field("Nota").fill("Copia del documento");
  const files = page.getByLabel("File", { exact: true });
  // From the disk: forty megabytes would take long through the browser's wire.
  const photo = info.outputPath("foto.jpg");
  await writeFile(photo, Buffer.alloc(40 * 1024 * 1024, 0xff));
  await files.setInputFiles(photo);
  await registry.button("Salva fascicolo").click();
  await expect(registry.problem).toContainText("«foto.jpg» supera i 10 MB");
  const html = Buffer.from("<!doctype html><title>x</title><script>alert(1)</script>");
  await files.setInputFiles({ name: "modulo.pdf", mimeType: "application/pdf", buffer: html });
  await registry.button("Salva fascicolo").click();
  await expect(registry.problem).toContainText("«modulo.pdf» contiene una pagina web");
  await expect(registry.field("Titolo")).toHaveValue("Iscrizione");
  await expect(registry.field("Nota")).toHaveValue("Copia del documento");
  const pdf = Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(600_000, 7)]);
  await files.setInputFiles({ name: "carta d'identità.pdf", mimeType: "application/pdf", buffer: pdf });
  await registry.button("Salva fascicolo").click();
  const folders = registry.section("Fascicoli");
  await expect(folders.getByRole("heading", { name: "Iscrizione" })).toBeVisible();

  const link = folders.getByRole("link", { name: /carta d'identità\.pdf/ });
  const answer = await page.request.get((await link.getAttribute("href"))!);
  expect(answer.headers()["content-disposition"]).toContain("attachment");
  expect(answer.headers()["content-security-policy"]).toContain("sandbox");
  expect(answer.headers()["x-content-type-options"]).toBe("nosniff");
  expect(await answer.body()).toEqual(pdf);

  await registry.goto();
  const card = registry.card(/Fò/i);
  await expect(card).toContainText("Fascicoli collegati: 1");
  await card.getByRole("button", { name: /^Elimina/ }).click();
  await expect(card.getByRole("alert")).toContainText("L'anagrafica ha un fascicolo");
  await card.getByRole("link", { name: /^Scheda/ }).click();
  await folders.getByRole("button", { name: /^Elimina/ }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Elimina il fascicolo" }).click();
  await expect(folders).toContainText("Nessun fascicolo.");
  await expect(registry.section("Cronologia")).toContainText("File del fascicolo scaricato");

  await registry.goto("#q=fò");
  await card.getByRole("button", { name: /^Elimina/ }).click();
  await expect(card).toBeHidden();
  await registry.messages.getByRole("button", { name: "Annulla" }).click();
  await expect(card).toBeVisible();
});

test("a teacher who is also a parent is one person with two records, and the keyboard is enough", async ({ page }) => {
  const registry = await office(page);
  await registry.goto("?tipo=tutori");
  await tabTo(page, registry.search);
  await page.keyboard.type("rossi");
  await page.keyboard.press("Enter");
  await expect(registry.cards).toHaveCount(1);
  await tabTo(page, registry.card("Rossi Maria").getByRole("link", { name: /^Scheda/ }));
  await page.keyboard.press("Enter");
  await expect(registry.title).toHaveText("Rossi Maria");
  await expect(registry.title).toBeFocused();
  await expect(page.getByText("Possibile stessa persona")).toBeVisible();
  await tabTo(page, page.getByRole("main").getByRole("link", { name: "Rossi Maria" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("combobox", { name: "Tipo anagrafica" })).toHaveValue("dipendenti");
  await expectFocusSomewhere(page, "the other record");
});

test("every page and dialog of the registry is clean for axe and fits a telephone", async ({ page }) => {
  test.setTimeout(180_000);
  const registry = await office(page);
  const look = async (what: string) =>
    test.step(what, async () => {
      // From the top: the header that stays covers what was scrolled below it.
      await page.evaluate(() => scrollTo(0, 0));
      for (const [width, height, colorScheme] of [[1280, 800, "light"], [768, 1024, "dark"]] as const) {
        await page.setViewportSize({ width, height });
        await inColours(page, colorScheme);
        await expectAccessible(page);
      }
      await page.setViewportSize({ width: 320, height: 640 });
      await registry.expectNoSidewaysScroll();
      await page.setViewportSize({ width: 1280, height: 800 });
    });
  await registry.goto();
  await registry.card("Rossi Maria").first().getByRole("button", { name: /^Elimina/ }).focus();
  await look("list");
  await registry.goto("/nuova");
  await registry.button("Salva").click();
  await look("new, with errors");
  await registry.goto("#q=fò");
  await registry.card(/Fò/i).getByRole("link", { name: /\+ Fascicolo/ }).click();
  await expect(registry.title).toHaveText("Fò Lea");
  await look("person with the form of a folder");
  await registry.button("Aggiungi iscrizione").click();
  await expect(registry.dialog("Nuova iscrizione")).toBeVisible();
  await look("enrolment");
});
