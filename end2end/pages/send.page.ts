import type { Locator } from "@playwright/test";
import { BasePage } from "./base.page.ts";

/** `/utenti/invio`. */
export class SendPage extends BasePage {
  /** «47 riceveranno le credenziali», «2 esclusi: casella mail non definita». */
  get facts(): Locator {
    return this.page.getByRole("listitem");
  }

  fact(words: string | RegExp): Locator {
    return this.facts.filter({ hasText: words });
  }

  get selected(): Locator {
    return this.page.getByRole("heading", { level: 2, name: /utent[ei] selezionat[oi]/ });
  }

  get submit(): Locator {
    return this.button(/^Invia le credenziali a/);
  }

  /** The preview of the chosen mail. */
  get preview(): Locator {
    return this.page.getByRole("tabpanel");
  }
}

/** `/operazioni/:id`. */
export class OperationPage extends BasePage {
  get state(): Locator {
    return this.page.getByRole("heading", { level: 2 }).first();
  }

  recipient(name: string): Locator {
    return this.page.getByRole("row").filter({ has: this.page.getByRole("rowheader", { name }) });
  }
}
