// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * A small shop that mints all that shops mint: session cookies, CSRF tokens in forms and meta tags,
 * bearer tokens, ids as UUIDs and as counters. Two instances mint other values, and each refuses
 * what it has not minted.
 */
public final class Shop {
  private final Random random;
  private final Map<String, String> forms = new HashMap<>();
  private final Map<String, User> sessions = new HashMap<>();
  private final Map<String, User> tokens = new HashMap<>();
  private final Map<String, Cart> carts = new HashMap<>();
  private final Map<Integer, Cart> orders = new LinkedHashMap<>();
  private int nextOrder;
  private int nextItem;

  private record User(String name, String id, String csrf) {}

  private static final class Cart {
    private final String id;
    private final User owner;
    private final Map<Integer, String> items = new LinkedHashMap<>();

    Cart(String id, User owner) {
      this.id = id;
      this.owner = owner;
    }
  }

  /** Opens a shop that mints what the seed says. */
  public Shop(long seed, int firstOrder) {
    this.random = new Random(seed);
    this.nextOrder = firstOrder;
    this.nextItem = firstOrder * 3;
  }

  private String hex(int bytes) {
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < bytes; i++) {
      hex.append(String.format(Locale.ROOT, "%02x", random.nextInt(256)));
    }
    return hex.toString();
  }

  private String uuid() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return UUID.nameUUIDFromBytes(bytes).toString();
  }

  /** Answers a request: head and body, as bytes of ISO 8859-1. */
  public synchronized String answer(String request) {
    String[] line = request.substring(0, request.indexOf("\r\n")).split(" ", -1);
    String body = request.substring(request.indexOf("\r\n\r\n") + 4);
    String path = line[1].replaceAll("\\?.*", "");
    String[] parts = path.substring(1).split("/", -1);
    switch (line[0] + " " + path.replaceAll("/[0-9][0-9a-f-]*|/[0-9a-f]{8}-[0-9a-f-]+", "/*")) {
      case "GET /login" -> {
        String token = hex(12);
        forms.put(token, "login");
        return html(
            "<form action=/login method=post><input name=user>"
                + "<input type=\"hidden\" name=\"authenticity_token\" value=\""
                + token
                + "\"></form>");
      }
      case "POST /login" -> {
        if (forms.remove(field(body, "authenticity_token")) == null) {
          return error(403, "no such form");
        }
        String sid = hex(16);
        sessions.put(sid, new User(field(body, "user"), uuid(), hex(10)));
        return "HTTP/1.1 302 Found\r\nLocation: /account\r\nSet-Cookie: sid="
            + sid
            + "; Path=/; HttpOnly; SameSite=Lax\r\nContent-Length: 0\r\n\r\n";
      }
      case "GET /account" -> {
        User user = sessions.get(cookie(request, "sid"));
        return user == null
            ? error(401, "who are you?")
            : html(
                "<meta name=csrf-token content=\""
                    + user.csrf()
                    + "\"><h1>Hello "
                    + user.name()
                    + "</h1><script>window.user = {uid: \""
                    + user.id()
                    + "\"};</script>");
      }
      case "POST /api/token" -> {
        User user = sessions.get(cookie(request, "sid"));
        if (user == null || !user.csrf().equals(header(request, "X-CSRF-Token"))) {
          return error(403, "no");
        }
        String jwt =
            base64("{\"alg\":\"none\",\"typ\":\"JWT\"}")
                + "."
                + base64("{\"sub\":\"" + user.id() + "\"}")
                + "."
                + hex(8);
        tokens.put(jwt, user);
        return json(200, "{\"access_token\":\"" + jwt + "\",\"token_type\":\"Bearer\"}");
      }
      default -> {
        User user = tokens.get(header(request, "Authorization").replace("Bearer ", ""));
        return user == null ? error(401, "no token") : api(line[0], line[1], parts, body, user);
      }
    }
  }

  private String api(String method, String target, String[] parts, String body, User user) {
    if (method.equals("POST") && parts[0].equals("carts") && parts.length == 1) {
      Cart cart = new Cart(uuid(), user);
      carts.put(cart.id, cart);
      return json(201, "{\"cart_id\":\"" + cart.id + "\"}");
    } else if (parts[0].equals("carts")) {
      Cart cart = carts.get(parts[1]);
      if (cart == null) {
        return error(404, "no such cart");
      } else if (method.equals("POST")) {
        cart.items.put(nextItem, body.replaceAll(".*\"sku\":\"(\\w+)\".*", "$1"));
        return json(201, "{\"item\":{\"id\":" + nextItem++ + ",\"quantity\":2}}");
      }
      String gone = cart.items.remove(Integer.parseInt(parts[3]));
      return gone == null
          ? error(404, "no such item")
          : json(200, "{\"removed\":\"" + gone + "\"}");
    } else if (method.equals("POST") && parts[0].equals("orders")) {
      Cart cart = carts.get(body.replaceAll(".*\"cart\":\"([^\"]+)\".*", "$1"));
      if (cart == null) {
        return error(404, "no such cart");
      }
      orders.put(nextOrder, cart);
      return "HTTP/1.1 201 Created\r\nLocation: /orders/"
          + nextOrder++
          + "\r\nContent-Length: 0\r\n\r\n";
    } else if (parts[0].equals("orders")) {
      Cart cart = orders.get(Integer.parseInt(parts[1]));
      return cart == null
          ? error(404, "no such order")
          : json(
              200,
              "{\"order\":{\"id\":%s,\"cart\":\"%s\",\"items\":%s}}"
                  .formatted(parts[1], cart.id, cart.items.keySet()));
    }
    String owner = target.replaceAll(".*owner=", "");
    StringBuilder list = new StringBuilder();
    orders.forEach(
        (id, cart) -> {
          if (base64(cart.owner.id()).equals(owner)) {
            list.append(list.length() == 0 ? "" : ",").append("{\"order_id\":" + id + "}");
          }
        });
    return list.length() == 0 ? error(404, "nobody's") : json(200, "{\"orders\":[" + list + "]}");
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String field(String body, String name) {
    return body.replaceAll("(?:.*&)?" + name + "=([^&]*).*", "$1");
  }

  private static String header(String request, String name) {
    int at = request.indexOf("\r\n" + name + ": ");
    return at < 0 ? "" : request.substring(at + name.length() + 4, request.indexOf("\r\n", at + 2));
  }

  private static String cookie(String request, String name) {
    return header(request, "Cookie").replaceAll("(?:.*; )?" + name + "=([^;]*).*", "$1");
  }

  private static String html(String body) {
    return message(200, "text/html; charset=utf-8", "<html>" + body + "</html>");
  }

  private static String json(int status, String body) {
    return message(status, "application/json", body);
  }

  private static String error(int status, String why) {
    return message(status, "text/plain", why);
  }

  private static String message(int status, String type, String body) {
    return "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(status, status < 300 ? "OK" : "No", type, body.length(), body);
  }
}
