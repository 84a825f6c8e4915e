import { expect, type Page } from "@playwright/test";

/**
 * Waits until the page answers to clicks. Before that a button is only its
 * HTML, and a test would act faster than any person.
 */
export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
}
