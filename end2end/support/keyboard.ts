import { expect, type Locator, type Page } from "@playwright/test";

/** Expects that the focus has not fallen into nowhere. */
export async function expectFocusSomewhere(page: Page, after: string): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.tagName ?? "nothing"), { message: `focus after ${after}` })
    .not.toBe("BODY");
}

/** Presses Tab (or Shift+Tab) until `target` has the focus, and never lets it fall out of the page. */
export async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await expect(target).toBeVisible();
  const passed: string[] = [];
  for (let presses = 0; presses < 120; presses++) {
    await page.keyboard.press(key);
    if (await target.evaluate((element) => element === document.activeElement)) return;
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      return e === null || e === document.body ? "BODY" : `${e.tagName} ${e.id || e.textContent?.trim().slice(0, 30)}`;
    });
    passed.push(at);
    if (at === "BODY") break;
  }
  throw new Error(`${key} does not lead to ${target}; passed ${passed.join(" → ")}`);
}
