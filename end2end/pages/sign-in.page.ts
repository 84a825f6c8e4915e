import type { Locator } from "@playwright/test";
import { hydrated } from "../support/hydration.ts";
import { BasePage } from "./base.page.ts";

/** `/accesso`. */
export class SignInPage extends BasePage {
  get organisation(): Locator {
    return this.page.getByRole("textbox", { name: "Ente", exact: true });
  }

  get username(): Locator {
    return this.page.getByRole("textbox", { name: "Nome utente" });
  }

  get password(): Locator {
    return this.page.getByLabel("Password", { exact: true });
  }

  /** «C'è un problema». */
  get problem(): Locator {
    return this.page.getByRole("group", { name: "C'è un problema" });
  }

  async goto(): Promise<void> {
    await this.open("/accesso");
  }

  /** Fills the form and presses «Accedi». */
  async signIn(organisation: string, username: string, password: string): Promise<void> {
    await this.organisation.fill(organisation);
    await this.username.fill(username);
    await this.password.fill(password);
    await this.button("Accedi").click();
  }

  /** Waits for the page after signing in. */
  async leaveFor(path: string | RegExp): Promise<void> {
    await this.page.waitForURL((url) => (path instanceof RegExp ? path.test(url.pathname) : url.pathname === path));
    await hydrated(this.page);
  }
}
