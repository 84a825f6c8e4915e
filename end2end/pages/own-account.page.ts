import type { Locator } from "@playwright/test";
import { BasePage } from "./base.page.ts";

/** `/io`. */
export class OwnAccountPage extends BasePage {
  /** «Cambia il tuo PIN». */
  get pin(): Locator {
    return this.dialog("Cambia il tuo PIN");
  }
}
