import { expect, type Page } from "@playwright/test";

/**
 * Waits until the page answers to clicks. Before that a button is only its
 * HTML, and a test would act faster than any person.
 */
export async function hydrated(page: Page): Promise<void> {
  // The first page of a run loads and compiles the client with cold caches.
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true", { timeout: 30_000 });
}
