import type { Locator } from "@playwright/test";
import { BasePage } from "./base.page.ts";

/** `/gruppi`, the page of one group, and its form. */
export class GroupsPage extends BasePage {
  async goto(): Promise<void> {
    await this.open("/gruppi");
  }

  get table(): Locator {
    return this.page.getByRole("table", { name: "Elenco dei gruppi" });
  }

  /** A group's row, by its name in Italian. */
  group(name: string): Locator {
    return this.table.getByRole("row").filter({ has: this.page.getByRole("rowheader", { name, exact: true }) });
  }

  /** Opens the form of a group. */
  async edit(name: string): Promise<void> {
    await this.group(name).getByRole("link", { name: `Modifica ${name}` }).click();
    await this.page.getByRole("heading", { level: 1, name: `Modifica gruppo ${name}` }).waitFor();
  }

  get problem(): Locator {
    return this.page.getByRole("group", { name: "C'è un problema" });
  }

  right(name: string): Locator {
    return this.page.getByRole("checkbox", { name, exact: true });
  }

  get length(): Locator {
    return this.page.getByRole("combobox", { name: "Lunghezza minima della password" });
  }

  get offFrom(): Locator {
    return this.field("Accesso con password non ammesso dal");
  }

  /** Who is in the group, on its page. */
  get members(): Locator {
    return this.page.getByRole("table", { name: "Chi sta nel gruppo" });
  }

  get pager(): Locator {
    return this.page.getByRole("navigation", { name: "Pagine degli utenti del gruppo" });
  }
}
