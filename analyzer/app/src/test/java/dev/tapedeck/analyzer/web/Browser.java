// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;

/**
 * A real Chromium without a window.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class Browser implements AutoCloseable {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final ChromeDriver driver;
  private final JavascriptExecutor scripts;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
    this.scripts = driver;
  }

  /** Starts one; skips the test where Chromium is not installed, except under CI. */
  static Browser start(Path downloads) {
    if (System.getenv("CI") == null) {
      Assumptions.assumeTrue(
          Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER),
          "chromium and chromium-driver are not installed: see .ci/install-tools");
    }
    // Named here, so that Selenium never looks for one to download.
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(new File(DRIVER.toString()))
            .usingAnyFreePort()
            .build();
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toString());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--no-first-run",
        "--window-size=1280,800");
    options.setExperimentalOption(
        "prefs",
        Map.of(
            "download.default_directory",
            downloads.toString(),
            "download.prompt_for_download",
            false));
    return new Browser(new ChromeDriver(service, options));
  }

  void open(String url) {
    // A page that differs in its fragment only would not be loaded again.
    driver.get("about:blank");
    driver.get(url);
  }

  void resize(int width, int height) {
    driver.manage().window().setSize(new Dimension(width, height));
  }

  void prefer(String scheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** Sets the size of the page itself, which windows cannot be made as small as. */
  void viewport(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  void usualViewport() {
    driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
  }

  Object script(String source, Object... arguments) {
    return scripts.executeScript(source, arguments);
  }

  /** Returns the elements that a script finds. */
  List<WebElement> elements(String source, Object... arguments) {
    List<WebElement> found = new ArrayList<>();
    for (Object each : (List<?>) script(source, arguments)) {
      found.add((WebElement) each);
    }
    return found;
  }

  /** Returns the address of the browser's own developer tools, connected to nothing. */
  String ownTools() {
    Map<?, ?> options = (Map<?, ?>) driver.getCapabilities().getCapability("goog:chromeOptions");
    return "http://" + options.get("debuggerAddress") + "/devtools/devtools_app.html";
  }

  WebElement find(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  int count(String selector) {
    return driver.findElements(By.cssSelector(selector)).size();
  }

  /** Returns the text of all that a selector means, as a person sees it. */
  String text(String selector) {
    return String.valueOf(
        script(
            "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText).join('\\n')",
            selector));
  }

  /** Clicks on something, wherever it has scrolled to. */
  void click(String selector) {
    awaitThere(selector);
    script("document.querySelector(arguments[0]).click()", selector);
  }

  /** Clicks on the one of several that has this text. */
  void clickText(String selector, String text) {
    await(
        () ->
            Boolean.TRUE.equals(
                script(
                    "const found = [...document.querySelectorAll(arguments[0])]"
                        + ".find(e => e.textContent.trim() === arguments[1]);"
                        + "if (found) found.click(); return Boolean(found)",
                    selector,
                    text)));
  }

  /** Drags over an element with the mouse, between two parts of its width, from 0 to 1. */
  void drag(String selector, double from, double to) {
    WebElement element = find(selector);
    int width = element.getSize().getWidth();
    new Actions(driver)
        .moveToElement(element, (int) (width * (from - 0.5)), 0)
        .clickAndHold()
        .moveToElement(element, (int) (width * (to - 0.5)), 0)
        .release()
        .perform();
  }

  void press(CharSequence... keys) {
    driver.switchTo().activeElement().sendKeys(keys);
  }

  void type(String selector, String text) {
    WebElement element = find(selector);
    element.clear();
    element.sendKeys(text, Keys.ENTER);
  }

  void awaitText(String selector, String wanted) {
    await(wanted + " in " + selector, () -> text(selector).contains(wanted));
  }

  /** Waits until the list has all that it will have, and the line above it says so. */
  void awaitListed(String wanted) {
    await(
        wanted + " in the list",
        () -> {
          // What is there so far may count as many, in a list that is still being made.
          String state = text("#state");
          return state.contains(wanted)
              && !state.contains("so far")
              && !find("#progress").isDisplayed();
        });
  }

  void awaitNoText(String selector, String unwanted) {
    await("no " + unwanted + " in " + selector, () -> !text(selector).contains(unwanted));
  }

  void awaitThere(String selector) {
    await(selector, () -> count(selector) > 0);
  }

  void await(Callable<Boolean> condition) {
    await("what the test says", condition);
  }

  /** Waits; where that was in vain, says what the page shows instead. */
  private void await(String wanted, Callable<Boolean> condition) {
    try {
      Awaitility.await(wanted)
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(30))
          .until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(wanted + " is not on the page, but\n" + text("body"), e);
    }
  }

  @Override
  public void close() {
    driver.quit();
  }
}
