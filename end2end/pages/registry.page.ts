import type { Locator } from "@playwright/test";
import { BasePage } from "./base.page.ts";

/** `/anagrafiche` and the pages below it. */
export class RegistryPage extends BasePage {
  async goto(query = ""): Promise<void> {
    await this.open(`/anagrafiche${query}`);
  }

  /** The card of a person. */
  card(name: string | RegExp): Locator {
    return this.page.getByRole("article", { name });
  }

  get cards(): Locator {
    return this.page.getByRole("article");
  }

  get total(): Locator {
    return this.page.getByText(/^Totale elementi trovati in base al filtro: /);
  }

  get search(): Locator {
    return this.page.getByRole("searchbox", { name: "Ricerca", exact: true });
  }

  /** «Collegamento»: all, only linked, only not linked with their number. */
  get linked(): Locator {
    return this.page.getByRole("combobox", { name: "Collegamento", exact: true });
  }

  get filter(): Locator {
    return this.button("Filtra / Ricerca");
  }

  /** «C'è un problema». */
  get problem(): Locator {
    return this.page.getByRole("group", { name: "C'è un problema" });
  }

  /** A part of a person's page. */
  section(name: string): Locator {
    return this.page.getByRole("region", { name, exact: true });
  }

  /** «Dati» of a person. */
  async fill(data: { kind?: string; surname?: string; name?: string; code?: string; born?: string }): Promise<void> {
    if (data.kind !== undefined) await this.page.getByRole("combobox", { name: "Tipo anagrafica" }).selectOption(data.kind);
    if (data.surname !== undefined) await this.field("Cognome").fill(data.surname);
    if (data.name !== undefined) await this.field("Nome").fill(data.name);
    if (data.code !== undefined) await this.field("Codice fiscale").fill(data.code);
    if (data.born !== undefined) await this.field("Data di nascita").fill(data.born);
  }
}
