// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A server of HTTP/1 on loopback that keeps the bytes of each request and answers nothing much. */
final class LoggingServer implements AutoCloseable {
  private final ServerSocket socket;
  private final Thread thread;
  private final List<Received> received = new ArrayList<>();

  /**
   * A request.
   *
   * @param head with the empty line, one character a byte
   * @param body after transfer decoding, one character a byte
   */
  record Received(String head, String body) {
    String requestLine() {
      return head.substring(0, head.indexOf("\r\n"));
    }

    List<String> fields() {
      return head.substring(head.indexOf("\r\n") + 2).lines().filter(l -> !l.isEmpty()).toList();
    }
  }

  LoggingServer() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    thread = new Thread(this::run, "logging-server");
    thread.setDaemon(true);
    thread.start();
  }

  String origin() {
    return "http://127.0.0.1:" + socket.getLocalPort();
  }

  synchronized List<Received> received() {
    return List.copyOf(received);
  }

  private void run() {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept()) {
        serve(client);
      } catch (IOException e) {
        // The end of the test, or a client that went: what it asked is kept or not.
      }
    }
  }

  private void serve(Socket client) throws IOException {
    InputStream in = new BufferedInputStream(client.getInputStream());
    String head = upTo(in, "\r\n\r\n");
    String lower = head.toLowerCase(Locale.ROOT);
    if (lower.contains("expect: 100-continue")) {
      client
          .getOutputStream()
          .write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (lower.contains("transfer-encoding: chunked")) {
      for (int size = chunk(in); size > 0; size = chunk(in)) {
        body.write(in.readNBytes(size));
        in.readNBytes(2);
      }
      in.readNBytes(2);
    } else if (lower.contains("content-length: ")) {
      int at = lower.indexOf("content-length: ") + "content-length: ".length();
      body.write(in.readNBytes(Integer.parseInt(lower.substring(at, lower.indexOf('\r', at)))));
    }
    synchronized (this) {
      received.add(new Received(head, body.toString(StandardCharsets.ISO_8859_1)));
    }
    client
        .getOutputStream()
        .write(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
  }

  private static int chunk(InputStream in) throws IOException {
    return Integer.parseInt(upTo(in, "\r\n").strip(), 16);
  }

  private static String upTo(InputStream in, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.length() < end.length()
        || !text.substring(text.length() - end.length()).equals(end)) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("the client went");
      }
      text.append((char) b);
    }
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
