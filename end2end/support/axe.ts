import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * Waits until the page is drawn as it was asked to be: a change of colours or size reaches it
 * a moment after the command, and axe must not read half of each.
 */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
    await frame();
    await frame();
    // Only changes of a style: a spinner has no end to wait for, and a paused one none either.
    const changing = document
      .getAnimations()
      .filter((animation) => animation instanceof CSSTransition && animation.playState === "running");
    await Promise.allSettled(changing.map((animation) => animation.finished));
  });
}

/** Changes the colours, and waits until the page has them. */
export async function inColours(page: Page, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme });
  const isDark = () => page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
  await expect.poll(isDark, { message: "the colours of the page" }).toBe(colorScheme === "dark");
}

/**
 * Expects no violation of WCAG 2.2 AA or best practice on the page as it is
 * now, an open dialog included.
 */
export async function expectAccessible(page: Page): Promise<void> {
  await settled(page);
  const { violations } = await new AxeBuilder({ page })
    .withTags(tags)
    // Off by default in axe: targets of at least 24 by 24 pixels.
    .options({ rules: { "target-size": { enabled: true } } })
    .analyze();
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => ({ id, help, target: target.join(" "), failureSummary })),
  );
  expect(found, "axe").toEqual([]);
}
