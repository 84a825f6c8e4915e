// The wizard «autorizzazioni – panoramica – codice».

import { expect, type Locator } from "@playwright/test";
import { hydrated } from "../support/hydration.ts";
import { BasePage } from "./base.page.ts";

const CODE = /[A-Z]+(-[0-9A-F]+)?-\d+(-[0-9A-Z]{5}){5}/;

/** A code as it was handed over, and to whom. */
export interface HandedOver {
  code: string;
  email: string;
}

export class WizardPage extends BasePage {
  /** Opens the first step for the user whose row names this. */
  async openFor(surname: RegExp): Promise<void> {
    await this.open("/utenti");
    const address = await this.page.getByRole("rowheader", { name: surname }).first().getByRole("link").getAttribute("href");
    await this.open(`${address}/abilitazione/autorizzazioni`);
  }

  /** Starts the registration of somebody who has a role already: to the third step. */
  async startFor(surname: RegExp, why: string): Promise<void> {
    await this.openFor(surname);
    await this.button("Avanti").click();
    await this.start(why);
  }

  role(name: RegExp): Locator {
    return this.page.getByRole("radio", { name });
  }

  /** From the first step to the third. */
  async prepare(role: RegExp, why: string): Promise<void> {
    await this.role(role).check();
    await this.page.getByRole("button", { name: "Assegnare", exact: true }).click();
    await this.button("Avanti").click();
    await this.start(why);
  }

  /** From the second step to the third. */
  async start(why: string): Promise<void> {
    await this.page.getByLabel(/Motivazione/).fill(why);
    await this.button("Avvia il processo di registrazione manualmente").click();
    await expect(this.title).toHaveText("Operazioni di gestione completate");
    await hydrated(this.page);
  }

  /** Shows the code, and reads it. */
  async handOver(): Promise<HandedOver> {
    await this.button("Mostra il codice per consegna di persona").click();
    await this.page.getByRole("button", { name: "Mostra il codice", exact: true }).click();
    return this.handed();
  }

  /** Reads the code that is shown, and whose it is. */
  async handed(): Promise<HandedOver> {
    const main = this.page.getByRole("main");
    await expect(main).toContainText(CODE);
    const words = await main.innerText();
    return { code: words.match(CODE)![0].trim(), email: words.match(/[\w.]+@[\w.-]+/)![0] };
  }
}
