import type { Locator } from "@playwright/test";
import { BasePage } from "./base.page.ts";

/** `/allineamento` and the page that checks a creation. */
export class AlignmentPage extends BasePage {
  async goto(query = ""): Promise<void> {
    await this.open(`/allineamento${query}`);
  }

  tab(name: RegExp): Locator {
    return this.page.getByRole("tab", { name });
  }

  get save(): Locator {
    return this.button(/^AGGIORNAMENTO COLLEGAMENTI/);
  }

  use(person: string, user: string): Locator {
    return this.button(`Usa ${person} per ${user}`);
  }

  unlink(user: string): Locator {
    return this.button(`Dissocia ${user}`);
  }

  find(user: string): Locator {
    return this.button(`RICERCA ${user}`);
  }

  /** «Ricerca» of the open tab. */
  get search(): Locator {
    return this.page.getByRole("tabpanel").getByRole("searchbox", { name: "Ricerca" });
  }

  /** A section of a page, by its heading. */
  section(name: string): Locator {
    return this.page.getByRole("region", { name });
  }

  get kind(): Locator {
    return this.page.getByRole("combobox", { name: "Tipo anagrafica da collegare" });
  }
}
