// `/registrazione`: address and code, own data, own password.

import { expect, type Page } from "@playwright/test";

export class RegistrationPage {
  constructor(readonly page: Page) {}

  async open(): Promise<void> {
    await this.page.goto("/registrazione");
  }

  async enter(email: string, code: string): Promise<void> {
    await this.page.getByLabel("Indirizzo e-mail a cui hai ricevuto il codice").fill(email);
    await this.page.getByLabel("Codice di registrazione").fill(code);
    await this.page.getByRole("button", { name: "Continua" }).click();
  }

  async state(data: { nome?: string; cognome?: string; email?: string }): Promise<void> {
    await expect(this.page.getByRole("heading", { name: "Controlla i tuoi dati" })).toBeVisible();
    if (data.nome !== undefined) await this.page.getByLabel("Nome", { exact: true }).fill(data.nome);
    if (data.cognome !== undefined) await this.page.getByLabel("Cognome", { exact: true }).fill(data.cognome);
    if (data.email !== undefined) await this.page.getByLabel("Indirizzo e-mail", { exact: true }).fill(data.email);
    await this.page.getByRole("button", { name: "Sono corretti" }).click();
  }

  async choosePassword(password: string): Promise<void> {
    await expect(this.page.getByRole("heading", { name: "Crea la tua password" })).toBeVisible();
    await this.page.getByLabel("Nuova password", { exact: true }).fill(password);
    await this.page.getByRole("button", { name: "Attiva l'accesso" }).click();
  }

  /** Whoever has a password already is asked for it. */
  async confirmPassword(password: string): Promise<void> {
    await expect(this.page.getByRole("heading", { name: "Conferma che sei tu" })).toBeVisible();
    await this.page.getByLabel("Password attuale", { exact: true }).fill(password);
    await this.page.getByRole("button", { name: "Attiva l'accesso" }).click();
  }

  async done(): Promise<void> {
    await expect(this.page.getByRole("heading", { name: "Registrazione completata" })).toBeVisible();
  }
}
