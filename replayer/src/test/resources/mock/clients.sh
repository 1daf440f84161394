#!/bin/sh
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
# usage: clients.sh FOLDER PORT
# Asks two services with clients of several makers, each as its environment tells it, and keeps what they got in
# FOLDER/NAME. Then it is a server on PORT.
cd "$1" || exit 1
plain=http://pay.example/clients
secure=https://rates.example/eur

cat > client.go <<'GO'
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

func main() {
	for _, url := range os.Args[1:] {
		answer, err := http.Get(url)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		body, _ := io.ReadAll(answer.Body)
		fmt.Print(answer.Proto, " ", string(body), "\n")
	}
}
GO
cat > Client.java <<'JAVA'
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

class Client {
  public static void main(String[] urls) throws Exception {
    for (String url : urls) {
      HttpClient client = HttpClient.newBuilder().build();
      var got = client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
      System.out.println(got.body());
      System.out.println(new String(new URL(url).openStream().readAllBytes()));
    }
  }
}
JAVA
curl -sS "$plain" "$secure" > curl 2>&1
python3 -c 'import sys, urllib.request as r; [print(r.urlopen(u).read().decode()) for u in sys.argv[1:]]' \
    "$plain" "$secure" > python 2>&1
env CGO_ENABLED=0 go build -gcflags=all=-l -o client client.go > go 2>&1 && ./client "$plain" "$secure" > go 2>&1
java Client.java "$plain" "$secure" > java 2>/dev/null
exec python3 -c 'import sys, http.server as s; s.HTTPServer(("127.0.0.1", int(sys.argv[1])), s.BaseHTTPRequestHandler).serve_forever()' "$2"
