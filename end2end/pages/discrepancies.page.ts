// `/discrepanze` and its pages.

import { expect } from "@playwright/test";
import { BasePage } from "./base.page.ts";

export class DiscrepanciesPage extends BasePage {
  /** The list, `Aperte` or `Chiuse`, and from there the one of this person. */
  async openOf(surname: RegExp, closed = false): Promise<void> {
    await this.open(closed ? "/discrepanze?stato=chiuse" : "/discrepanze");
    await this.page.getByRole("table").getByRole("link", { name: surname }).click();
    await expect(this.title).toContainText("Discrepanza di");
  }

  /** The row of the comparison. */
  compared(field: string) {
    return this.page.getByRole("row", { name: new RegExp(`^${field}`) });
  }
}
