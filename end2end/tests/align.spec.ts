// «Allineamento Anagrafiche con utenti»: what is sure is staged, the rest is proposed,
// nothing is linked before AGGIORNAMENTO COLLEGAMENTI.

import { expect, test } from "../fixtures/test.ts";
import { AlignmentPage } from "../pages/alignment.page.ts";
import { expectAccessible, inColours } from "../support/axe.ts";
import { OFFICE, School } from "../support/school.ts";

const PERSONS = [
  "Codice;Cognome;Nome;Codice fiscale;Partita IVA;Data di nascita;Mail;Tipo anagrafica;Plesso;Anno scolastico;Classe",
  "1518;SUPER;USER;02180610137;;;;Dipendenti;;;",
  "1602;ROSSI;MARIA;RSSMRA80A41H501Y;;01/01/1980;;Dipendenti;;;",
  "1603;LEA;BIANCHI;;;;;Dipendenti;;;",
  "1604;AXIOS ITALIA SERVICE SRL;AXIOS;06331261005;06331261005;;;Dipendenti;;;",
].join("\n");

const USERS = [
  "Nome utente;Cognome;Nome;Codice fiscale;Mail utente;Gruppi;Attivo",
  "0042160;SUPER;USER;0000002180610137;;Docenti;Si",
  "0042177;ROSSI;MARIA;RSSMRA80A41H501Y;;Docenti;Si",
  "0042190;BIANCHI;LEA;;;Docenti;Si",
  "0042199;VERDI;UGO;;;Docenti;Si",
  `segreteria;Zampa;Segreteria;;;${OFFICE};Si`,
].join("\n");

async function school(): Promise<School> {
  const school = await School.empty();
  await school.account("segreteria");
  await school.import("persons", PERSONS);
  await school.import("users", USERS);
  return school;
}

test("equal codes are staged, a proposal is used, a forced pair is picked, and all are saved", async ({ page }) => {
  await (await school()).enter(page);
  const align = new AlignmentPage(page);
  await align.goto();
  await expect(align.title).toHaveText("Allineamento Anagrafiche con utenti di Scuola Digitale");
  await expect(align.page.getByText("Totale utenti non collegati alle anagrafiche 5")).toBeVisible();
  await expect(align.page.getByText("Totale anagrafiche non collegate agli utenti 4")).toBeVisible();
  await expect(align.save).toHaveText("AGGIORNAMENTO COLLEGAMENTI (2 da salvare)");
  await expect(align.row(/0042177/)).toContainText("CF uguale");

  // Names in another order are only proposed.
  await expect(align.row(/0042190/)).toContainText("possibile");
  await align.use("LEA BIANCHI", "BIANCHI LEA").click();
  await expect(align.save).toHaveText("AGGIORNAMENTO COLLEGAMENTI (3 da salvare)");
  await expect(align.unlink("BIANCHI LEA")).toBeFocused();

  // The seed's own example: two different codes, by hand.
  await align.unlink("SUPER USER").click();
  await expect(align.save).toHaveText("AGGIORNAMENTO COLLEGAMENTI (2 da salvare)");
  await align.find("SUPER USER").click();
  const dialog = align.dialog("Ricerca anagrafica per SUPER USER");
  await expect(dialog.getByLabel("Cognome, nome, codice fiscale o codice")).toHaveValue("SUPER");
  await dialog.getByLabel("Cognome, nome, codice fiscale o codice").fill("axios");
  await page.keyboard.press("Enter");
  await dialog.getByRole("radio", { name: /AXIOS ITALIA/ }).check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Collega" }).click();
  await expect(align.row(/0042160/)).toContainText("forzato");

  // What is staged survives a reload, and leaving asks.
  await align.reload();
  await align.goto();
  await expect(align.save).toHaveText("AGGIORNAMENTO COLLEGAMENTI (3 da salvare)");
  await align.link("Utenti").first().click();
  await page.getByRole("button", { name: "Resta qui" }).click();

  await align.save.click();
  await expect(page.getByText("3 collegamenti salvati")).toBeVisible();
  await expect(page.getByText("di cui forzati: 1")).toBeVisible();
  await expect(align.tab(/^Utenti collegati \(3\)$/)).toBeVisible();

  // By keyboard to the second tab: arrows move, Enter opens.
  await align.tab(/^Allineamento utenti/).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(align.row(/0042160/)).toContainText("forzato");
  await align.unlink("SUPER USER").click();
  await expect(align.messages).toContainText("SUPER USER dissociato");
  await align.messages.getByRole("button", { name: "Annulla" }).click();
  await expect(align.messages).toContainText("Collegamenti ripristinati: 1");
  await expect(align.row(/0042160/)).toContainText("forzato");

  // «Dissocia tutti» wants the number and a motivation.
  await align.goto();
  await align.button("Dissocia tutti").click();
  const all = page.getByRole("alertdialog", { name: /^Dissocia tutti/ });
  await expect(all.getByRole("button", { name: "Annulla" })).toBeFocused();
  await expectAccessible(page);
  await all.getByLabel("Scrivi 3 per confermare").fill("3");
  await all.getByLabel("Motivazione").fill("Riallineamento di inizio anno");
  await all.getByRole("button", { name: "Dissocia tutti" }).click();
  await expect(align.messages).toContainText("Collegamenti sciolti: 3");
  await expect(align.tab(/^Utenti collegati \(0\)$/)).toBeVisible();
});

test("a proposal that is refused with a reason does not come back", async ({ page }) => {
  await (await school()).enter(page);
  const align = new AlignmentPage(page);
  await align.goto("?mostra=senza-coppia");
  await align.button("Non è lei/lui: LEA BIANCHI per BIANCHI LEA").click();
  const dialog = align.dialog(/^Non è lei\/lui/);
  await dialog.getByLabel("Motivo").fill("Sono due persone diverse");
  await dialog.getByRole("button", { name: "Non proporre più" }).click();
  await expect(align.row(/0042190/)).toContainText("nessuna proposta");
  await align.reload();
  await expect(align.row(/0042190/)).toContainText("nessuna proposta");
});

for (const [width, height, scheme] of [
  [1280, 800, "light"],
  [768, 1024, "dark"],
] as const) {
  test(`the three tabs are clean for axe at ${width} ${scheme}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await inColours(page, scheme);
    await (await school()).enter(page);
    const align = new AlignmentPage(page);
    for (const tab of ["utenti", "collegati", "crea"]) {
      await align.goto(`?scheda=${tab}`);
      if (tab === "utenti") await expect(align.row(/0042190/)).toContainText("possibile");
      await expectAccessible(page);
      await align.expectNoSidewaysScroll();
    }
  });
}

test("what is searched survives reload and back, and no server sees it", async ({ page }) => {
  await (await school()).enter(page);
  const align = new AlignmentPage(page);
  await align.goto("?mostra=senza-coppia");
  await align.search.fill("verdi");
  await align.button("Filtra / Ricerca").click();
  await expect(align.row(/0042199/)).toBeVisible();
  await expect(align.row(/0042190/)).toBeHidden();
  expect(new URL(page.url()).hash).toBe("#q=verdi");
  await align.reload();
  await expect(align.search).toHaveValue("verdi");
  await expect(align.row(/0042190/)).toBeHidden();
  await align.search.fill("bianchi");
  await page.keyboard.press("Enter");
  await expect(align.row(/0042190/)).toBeVisible();
  await page.goBack();
  await expect(align.search).toHaveValue("verdi");
  await expect(align.row(/0042199/)).toBeVisible();
});

test("from the page of a user a record is linked, parted and brought back", async ({ page }) => {
  await (await school()).enter(page);
  const align = new AlignmentPage(page);
  await align.goto("?mostra=senza-coppia");
  await align.link(/^VERDI/).first().click();
  // Two pairs wait to be saved: leaving asks.
  await align.button("Esci senza salvare").click();
  const panel = align.section("Anagrafica collegata");
  await expect(panel).toContainText("Nessuna anagrafica collegata.");
  await panel.getByRole("button", { name: "Collega anagrafica" }).click();
  const dialog = align.dialog("Ricerca anagrafica per VERDI UGO");
  await dialog.getByLabel("Tipo anagrafica da collegare").selectOption("Dipendenti");
  await dialog.getByLabel("Cognome, nome, codice fiscale o codice").fill("axios");
  await page.keyboard.press("Enter");
  await dialog.getByRole("radio", { name: /AXIOS ITALIA/ }).check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Collega" }).click();
  await expect(panel).toContainText("AXIOS ITALIA SERVICE SRL AXIOS");
  await expect(panel).toContainText("manuale");
  await panel.getByRole("button", { name: "Dissocia AXIOS ITALIA SERVICE SRL AXIOS" }).click();
  await expect(panel).toContainText("Nessuna anagrafica collegata.");
  await align.messages.getByRole("button", { name: "Annulla" }).last().click();
  await expect(panel).toContainText("AXIOS ITALIA SERVICE SRL AXIOS");
  await expectAccessible(page);
});
