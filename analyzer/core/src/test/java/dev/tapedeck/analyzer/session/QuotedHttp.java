// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Conversations whose bodies quote HTTP, of every framing. */
final class QuotedHttp {
  private static final String HOST = "host: x\r\n";
  private static final Pattern START =
      Pattern.compile("[A-Z]+ /[a-z0-9]* HTTP/1\\.[01]|HTTP/1\\.[01] [0-9]{3}");

  private static final Pattern QUOTE = Pattern.compile("(?=GET /|POST /|HTTP/)");

  private QuotedHttp() {}

  /** A request without body. */
  private static String get(String target) {
    return "GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n";
  }

  private static String post(String target, String body) {
    return "POST %s HTTP/1.1\r\n%scontent-length: %d\r\n\r\n%s"
        .formatted(target, HOST, body.length(), body);
  }

  private static String put(String target, String body) {
    return "PUT "
        + target
        + " HTTP/1.1\r\n"
        + HOST
        + "transfer-encoding: chunked\r\n\r\n"
        + chunks(body);
  }

  /** In chunks of which one begins where the quote does. */
  private static String chunks(String body) {
    StringBuilder text = new StringBuilder();
    for (String part : QUOTE.split(body, -1)) {
      text.append(Integer.toHexString(part.length())).append("\r\n").append(part).append("\r\n");
    }
    return text.append("0\r\n\r\n").toString();
  }

  private static String answer(String body) {
    return "HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s".formatted(body.length(), body);
  }

  private static String chunked(String body) {
    return "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + chunks(body);
  }

  private static String toEnd(String body) {
    return "HTTP/1.0 200 OK\r\n\r\n" + body;
  }

  private static final String FAKE_GET = "GET /fake HTTP/1.1\r\nhost: x\r\n\r\n";
  private static final String FAKE_POST =
      "POST /fake HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc";
  private static final String FAKE_OK = "HTTP/1.1 404 No\r\ncontent-length: 4\r\n\r\nfake";
  private static final String FAKE_END = "HTTP/1.1 204 No\r\n\r\n";

  static List<Conversation> conversations() {
    List<Conversation> all = new ArrayList<>();
    all.add(
        of(
            "exact quotes",
            get("/1"),
            answer("one"),
            post("/2", FAKE_GET),
            answer(FAKE_OK),
            get("/3"),
            answer("three"),
            post("/4", FAKE_POST),
            answer(FAKE_END),
            get("/5"),
            answer("five")));
    all.add(
        of(
            "quotes on lines of their own",
            get("/1"),
            answer("one"),
            post("/2", "it was:\r\n" + FAKE_GET + "and so\r\n"),
            answer("it said:\r\n" + FAKE_OK + "\r\nand so\r\n"),
            get("/3"),
            answer("three"),
            post("/4", "a\n" + FAKE_POST + "\n" + FAKE_GET),
            answer("b\n" + FAKE_END + FAKE_OK),
            get("/5"),
            answer("five")));
    all.add(
        of(
            "chunked quotes",
            get("/1"),
            chunked("one"),
            put("/2", FAKE_GET),
            chunked(FAKE_OK),
            get("/3"),
            answer("three"),
            put("/4", "x\r\n" + FAKE_POST + FAKE_GET),
            chunked("y\r\n" + FAKE_OK + FAKE_END),
            get("/5"),
            chunked("five")));
    all.add(
        of(
            "quotes to the end",
            get("/1"),
            answer("one"),
            post("/2", FAKE_GET + FAKE_GET),
            answer(FAKE_END + FAKE_END),
            get("/3"),
            toEnd(FAKE_OK)));
    all.add(
        of(
            "short heads",
            "GET / HTTP/1.1\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n",
            "PUT / HTTP/1.1\r\ncontent-length:16\r\n\r\nGET / HTTP/1.1\n\n",
            "HTTP/1.1 200 OK\r\ncontent-length:16\r\n\r\nHTTP/1.1 204 N\n\n",
            "GET / HTTP/1.1\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length:1\r\n\r\na",
            "GET / HTTP/1.1\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 204 N\r\n\r\n"));
    all.add(
        turns(
            "continue",
            ">"
                + "POST /1 HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 31\r\n\r\n",
            "<HTTP/1.1 100 Continue\r\n\r\n",
            ">" + FAKE_GET,
            "<" + answer("one"),
            ">" + post("/2", FAKE_POST),
            "<HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" + answer(FAKE_OK),
            ">" + get("/3"),
            "<" + answer("three")));
    all.add(
        turns(
            "early answers",
            ">POST /1 HTTP/1.1\r\nhost: x\r\ncontent-length: 40\r\n\r\nfirst\r\n\r\n",
            "<" + answer("no"),
            ">" + FAKE_GET,
            ">" + get("/2"),
            "<" + answer(FAKE_OK),
            ">POST /3 HTTP/1.1\r\nhost: x\r\ncontent-length: 40\r\n\r\nfirst\r\n\r\n",
            "<" + answer("no"),
            ">" + FAKE_GET,
            ">" + get("/4"),
            "<" + answer(FAKE_OK + FAKE_END)));
    all.add(
        turns(
            "pieces",
            ">" + get("/1"),
            "<HTTP/1.1 200 OK\r\ncontent-length: 75\r\n\r\nbegin\r\n",
            "<" + FAKE_OK,
            "<" + FAKE_END + "end\r\n\r\n",
            ">POST /2 HTTP/1.1\r\nhost: x\r\ncontent-length: 85\r\n\r\n",
            ">" + FAKE_GET,
            ">" + FAKE_POST,
            "<" + answer("two"),
            ">" + get("/3"),
            "<" + chunked("three"),
            ">HEAD /4 HTTP/1.1\r\nhost: x\r\n\r\n",
            "<HTTP/1.1 200 OK\r\ncontent-length: 42\r\n\r\n",
            ">" + get("/5"),
            "<" + answer(FAKE_OK)));
    all.add(
        turns(
            "pipelined",
            ">" + get("/1") + post("/2", FAKE_GET) + get("/3"),
            "<" + answer("one") + answer(FAKE_OK) + answer("three"),
            ">" + post("/4", FAKE_POST) + get("/5"),
            "<" + answer(FAKE_END) + answer("five")));
    return all;
  }

  private static Conversation of(String name, String... texts) {
    List<Conversation.Turn> turns = new ArrayList<>();
    for (String text : texts) {
      turns.add(new Conversation.Turn(turns.size() % 2 == 0, text));
    }
    return new Conversation(name, turns);
  }

  private static Conversation turns(String name, String... texts) {
    List<Conversation.Turn> turns = new ArrayList<>();
    for (String text : texts) {
      turns.add(new Conversation.Turn(text.charAt(0) == '>', text.substring(1)));
    }
    return new Conversation(name, turns);
  }

  /** Returns all bytes of one side. */
  static String sent(Conversation conversation, boolean request) {
    StringBuilder text = new StringBuilder();
    for (Conversation.Turn turn : conversation.turns()) {
      text.append(turn.request() == request ? turn.text() : "");
    }
    return text.toString();
  }

  /** Returns where messages begin, sent or quoted. */
  static List<Integer> starts(String sent) {
    List<Integer> starts = new ArrayList<>();
    Matcher matcher = START.matcher(sent);
    while (matcher.find()) {
      starts.add(matcher.start());
    }
    return starts;
  }

  /** Returns how many exchanges there are. */
  static int exchanges(Conversation conversation) {
    return switch (conversation.name()) {
      case "quotes to the end", "continue" -> 3;
      case "early answers", "short heads" -> 4;
      default -> 5;
    };
  }

  /** Returns of how many of a hundred exchanges that are not hit all must be told, at least. */
  static int floorPercent(Conversation conversation) {
    return switch (conversation.name()) {
      // Behind a gap, none of those is proven that were sent before the answers to others came.
      case "pipelined" -> 40;
      case "early answers" -> 55;
      // While requests are not understood, the answer to one may be followed by another's.
      case "continue" -> 68;
      default -> 70;
    };
  }
}
