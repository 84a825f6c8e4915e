import type { Locator } from "@playwright/test";
import { expect } from "@playwright/test";
import { BasePage } from "./base.page.ts";

/** `/registro`. */
export class AuditPage extends BasePage {
  async goto(query = ""): Promise<void> {
    await this.open(`/registro${query}`);
    await expect(this.title).toHaveText("Registro attività");
  }

  /** The entries, newest first. */
  get entries(): Locator {
    return this.page
      .getByRole("table", { name: "Eventi del registro" })
      .getByRole("row")
      .filter({ has: this.page.getByRole("rowheader") });
  }

  restore(name: string): Locator {
    return this.page.getByRole("button", { name: `Ripristina ${name}` });
  }

  /** What is asked before something is put back. */
  question(name: string): Locator {
    return this.page.getByRole("alertdialog", { name });
  }

  item(name: string): Locator {
    return this.page.getByRole("menuitem", { name });
  }

  async searchFor(text: string): Promise<void> {
    await this.page.getByRole("searchbox", { name: "Oggetto" }).fill(text);
    await this.button("Filtra / Ricerca").click();
  }
}
