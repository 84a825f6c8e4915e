import type { Locator } from "@playwright/test";
import { BasePage } from "./base.page.ts";

/** `/importa` and `/importa/:id`. */
export class ImportPage extends BasePage {
  async upload(kind: string, file: string | { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
    await this.open("/importa");
    await this.page.getByRole("radio", { name: kind }).check();
    await this.page.getByLabel("File da importare").setInputFiles(file);
    await this.button("Carica e controlla").click();
  }

  /** «NUOVO 1.178»: a count that filters the rows. */
  outcome(words: string): Locator {
    return this.page.getByRole("navigation", { name: "Righe per esito" }).getByRole("link", { name: words });
  }

  get confirm(): Locator {
    return this.button(/^Conferma importazione/);
  }

  /** The value beside a word of «Da sapere». */
  note(words: string): Locator {
    return this.page.getByText(words, { exact: true }).locator("xpath=following-sibling::dd");
  }
}
