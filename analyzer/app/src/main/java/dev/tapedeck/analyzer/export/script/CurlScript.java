// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export.script;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.redact.ExchangeMasker;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes a shell script that sends recorded requests again, one curl command each, in the order in
 * which they are given.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> the caller closes the stream.
 * <b>Limits:</b> one exchange at a time is in memory.
 */
public final class CurlScript implements RequestScript {
  private final OutputStream out;
  private final ExchangeMasker masker;
  private final CurlRenderer renderer;
  private long leftOut;

  /**
   * Starts a script.
   *
   * @param includeSecrets false to mask what the default redaction rules call secret
   */
  public CurlScript(OutputStream out, boolean includeSecrets) throws IOException {
    this.out = out;
    this.masker = ExchangeMasker.unless(includeSecrets);
    this.renderer = new CurlRenderer(masker.masks(), true);
    write(
        """
        #!/bin/sh
        # Recorded requests, one curl command each. Running this sends them again, also those
        # that change something. To send all of them elsewhere: TARGET=http://127.0.0.1:8080 sh FILE
        """);
    if (masker.masks()) {
      write("# Secrets are masked: MASKED... stands in their place.\n");
    }
  }

  /** Writes one request. */
  @Override
  public void exchange(CaptureRef capture, Exchange exchange) throws IOException {
    Exchange shared = masker.mask(exchange);
    CurlRenderer.Rendered rendered = renderer.render(shared);
    leftOut += rendered.isSent() ? 0 : 1;
    String what =
        shared.request() == null
            ? ""
            : " " + shared.request().method() + " " + shared.request().target();
    write("\n# " + ShellText.comment(capture.qualify(exchange.id()) + what) + "\n");
    write(rendered.text());
  }

  /** Returns how many exchanges have no command; a comment in the script says of each why. */
  @Override
  public long leftOut() {
    return leftOut;
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }
}
