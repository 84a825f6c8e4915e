import type { Locator } from "@playwright/test";
import { BasePage } from "./base.page.ts";

/** `/utenti/lettere` and `/utenti/lettere/:id`. */
export class LettersPage extends BasePage {
  /** «Anteprima delle lettere». */
  get letters(): Locator {
    return this.page.getByRole("region", { name: "Anteprima delle lettere" });
  }

  /** Every letter, in the order of printing. */
  get papers(): Locator {
    return this.letters.getByRole("article");
  }

  /** «Registro di consegna». */
  get tally(): Locator {
    return this.page.getByRole("table").filter({ hasText: "Firma" });
  }
}
