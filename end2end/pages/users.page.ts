import type { Locator } from "@playwright/test";
import { expect } from "@playwright/test";
import { BasePage } from "./base.page.ts";

/** `/utenti`. */
export class UsersPage extends BasePage {
  async goto(query = ""): Promise<void> {
    await this.open(`/utenti${query}`);
    await expect(this.title).toHaveText("Utenti di Scuola Digitale");
  }

  get table(): Locator {
    return this.page.getByRole("table", { name: "Utenti di Scuola Digitale" });
  }

  /** The rows of people. */
  get rows(): Locator {
    return this.table.getByRole("row").filter({ has: this.page.getByRole("rowheader") });
  }

  /** Their surnames, the row headers. */
  get surnames(): Locator {
    return this.table.getByRole("rowheader").getByRole("link");
  }

  get search(): Locator {
    return this.page.getByRole("searchbox", { name: "Ricerca libera" });
  }

  get groupFilter(): Locator {
    return this.page.getByRole("search").getByRole("button", { expanded: false }).first();
  }

  get rowsPerPage(): Locator {
    return this.page.getByRole("combobox", { name: "Righe per pagina" });
  }

  get selection(): Locator {
    return this.page.getByRole("group", { name: "Selezione" });
  }

  get pager(): Locator {
    return this.page.getByRole("navigation", { name: "Pagine degli utenti" });
  }

  get selectPage(): Locator {
    return this.page.getByRole("checkbox", { name: "Seleziona tutti gli utenti di questa pagina" });
  }

  /** A view of the line «Viste», by its name and count. */
  view(name: string | RegExp): Locator {
    return this.page.getByRole("navigation", { name: "Viste" }).getByRole("link", { name });
  }

  get tools(): Locator {
    return this.button("UTILITA'");
  }

  tick(name: string): Locator {
    return this.page.getByRole("checkbox", { name: `Seleziona ${name}`, exact: true });
  }

  row(surname: string | RegExp): Locator {
    return this.rows.filter({ has: this.page.getByRole("rowheader", { name: surname }) });
  }

  groupsOf(name: string): Locator {
    return this.page.getByRole("button", { name: `Gruppi di ${name}` });
  }

  item(name: string | RegExp): Locator {
    return this.page.getByRole("menuitem", { name });
  }

  /** «Totale elementi trovati in base al filtro: n». */
  async expectFound(count: number | string): Promise<void> {
    await expect(this.page.getByText(`Totale elementi trovati in base al filtro: ${count}`)).toBeVisible();
  }

  async searchFor(text: string): Promise<void> {
    await this.search.fill(text);
    await this.button("Filtra / Ricerca").click();
  }

  /** Filters by groups, as the popover does. */
  async filterByGroups(...names: string[]): Promise<void> {
    await this.groupFilter.click();
    for (const name of names) await this.page.getByRole("checkbox", { name, exact: true }).check();
    await this.button("Applica").click();
  }

  /** Opens UTILITA' and takes «Invio credenziali ad utenti selezionati». */
  async send(): Promise<void> {
    await this.tools.click();
    await this.item(/^Invio credenziali ad utenti selezionati/).click();
  }
}
