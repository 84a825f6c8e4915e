import { expect, type Locator, type Page } from "@playwright/test";
import { hydrated } from "../support/hydration.ts";

/**
 * What every page has. Page objects find things the way a person or a screen
 * reader does: by role and label, never by class or test id.
 */
export class BasePage {
  constructor(readonly page: Page) {}

  /** Goes to a path of the site and waits until it answers to clicks. */
  async open(path: string): Promise<void> {
    await this.page.goto(path);
    await hydrated(this.page);
  }

  /** Loads the page anew and waits until it answers to clicks again. */
  async reload(): Promise<void> {
    await this.page.reload();
    await hydrated(this.page);
  }

  /** The one first-level heading. */
  get title(): Locator {
    return this.page.getByRole("heading", { level: 1 });
  }

  /** The open dialog of this name. */
  dialog(name: string | RegExp): Locator {
    return this.page.getByRole("dialog", { name });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name });
  }

  link(name: string | RegExp): Locator {
    return this.page.getByRole("link", { name });
  }

  field(label: string | RegExp): Locator {
    return this.page.getByLabel(label, { exact: true });
  }

  /** The toasts. */
  get messages(): Locator {
    return this.page.getByRole("region", { name: "Messaggi", exact: true });
  }

  /** The row of a table that names this. */
  row(name: string | RegExp): Locator {
    return this.page.getByRole("row", { name });
  }

  /** Expects no horizontal scroll of the page itself. */
  async expectNoSidewaysScroll(where = "page"): Promise<void> {
    // What follows a change of size by script is given its moment.
    const overflow = () =>
      this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await expect.poll(overflow, { message: `${where}: pixels past the right edge` }).toBeLessThanOrEqual(0);
  }
}
