import type { Locator } from "@playwright/test";
import { BasePage } from "./base.page.ts";

/** «Gruppi di …», over the list or a user's page. */
export class GroupsDialog extends BasePage {
  get self(): Locator {
    return this.dialog(/^Gruppi di /);
  }

  group(name: string): Locator {
    return this.self.getByRole("checkbox", { name: new RegExp(`^${name}( \\(|$| )`) });
  }

  get close(): Locator {
    return this.self.getByRole("button", { name: "CHIUDI", exact: true });
  }

  get changes(): Locator {
    return this.self.getByText(/^(Modifiche: |Nessuna modifica)/);
  }

  get alert(): Locator {
    return this.self.getByRole("alert");
  }
}
