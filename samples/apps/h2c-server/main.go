// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// A server of HTTP/2 over cleartext (h2c): by prior knowledge, by an upgrade, and of HTTP/1.1 for who asks for neither.
//
// It is what digest_server.py is, in Go: one JSON line with the digests of each exchange. What is posted as
// application/grpc comes back message by message, reversed, and each message of both sides is a line, too.
//
// usage: h2c-server -log FILE; `ready PORT` when it listens
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
)

const maxMessageBytes = 16 << 20

var partBytes = []int{1, 17, 1000, 16384, 16385, 50000, 262144}

// lines appends whole lines from any goroutine.
type lines struct {
	mutex sync.Mutex
	file  *os.File
}

func (l *lines) write(line map[string]any) {
	encoded, err := json.Marshal(line)
	if err != nil {
		log.Fatal(err)
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if _, err := l.file.Write(append(encoded, '\n')); err != nil {
		log.Fatal(err)
	}
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// pseudoRandomBytes depend on size and seed only; half the entropy, so that compression has work to do.
func pseudoRandomBytes(size int, seed int64) []byte {
	half := make([]byte, (size+1)/2)
	rand.New(rand.NewSource(seed)).Read(half)
	return []byte(hex.EncodeToString(half))[:size]
}

func port(address string) int {
	_, text, err := net.SplitHostPort(address)
	if err != nil {
		log.Fatal(err)
	}
	number, err := strconv.Atoi(text)
	if err != nil {
		log.Fatal(err)
	}
	return number
}

func compress(data []byte) []byte {
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	if _, err := writer.Write(data); err != nil {
		log.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		log.Fatal(err)
	}
	return out.Bytes()
}

func decompress(data []byte) []byte {
	reader, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return data
	}
	plain, err := io.ReadAll(reader)
	if err != nil {
		return data
	}
	return plain
}

func answer(exchanges *lines, w http.ResponseWriter, r *http.Request) {
	received, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	decoded := received
	if r.Header.Get("Content-Encoding") == "gzip" && len(received) > 0 {
		decoded = decompress(received)
	}
	status, body := http.StatusNotFound, []byte("no such path\n")
	size, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/bytes/"))
	if err == nil && size >= 0 {
		seed, _ := strconv.ParseInt(r.URL.Query().Get("seed"), 10, 64)
		status, body = http.StatusOK, pseudoRandomBytes(size, seed)
	}
	wire, mode := body, r.URL.Query().Get("mode")
	if mode == "gzip" {
		wire = compress(body)
		w.Header().Set("Content-Encoding", "gzip")
	}
	w.Header().Set("Content-Type", "text/plain")
	if mode == "chunked" {
		w.Header().Set("Trailer", "X-Body-Sha256")
	} else if mode != "close" {
		w.Header().Set("Content-Length", strconv.Itoa(len(wire)))
	}
	exchanges.write(map[string]any{
		"method":                   r.Method,
		"target":                   r.RequestURI,
		"client_port":              port(r.RemoteAddr),
		"status":                   status,
		"request_body_bytes":       len(decoded),
		"request_wire_body_bytes":  len(received),
		"request_body_sha256":      digest(decoded),
		"response_body_bytes":      len(body),
		"response_wire_body_bytes": len(wire),
		"response_body_sha256":     digest(body),
	})
	w.WriteHeader(status)
	if mode == "chunked" {
		for part := 0; len(wire) > 0; part++ {
			next := partBytes[part%len(partBytes)]
			if next > len(wire) {
				next = len(wire)
			}
			w.Write(wire[:next])
			w.(http.Flusher).Flush()
			wire = wire[next:]
		}
		w.Header().Set("X-Body-Sha256", digest(body))
		return
	}
	w.Write(wire)
}

// call answers each message of a gRPC call with its bytes in reverse.
func call(messages *lines, w http.ResponseWriter, r *http.Request) {
	note := func(from string, message []byte) {
		messages.write(map[string]any{
			"call": r.Header.Get("Call-Id"), "from": from, "bytes": len(message), "sha256": digest(message),
		})
	}
	w.Header().Set("Content-Type", "application/grpc")
	w.Header().Set("Trailer", "Grpc-Status, Grpc-Message")
	w.WriteHeader(http.StatusOK)
	w.(http.Flusher).Flush()
	in := bufio.NewReader(r.Body)
	prefix := make([]byte, 5)
	for {
		if _, err := io.ReadFull(in, prefix); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			panic(http.ErrAbortHandler)
		}
		length := binary.BigEndian.Uint32(prefix[1:])
		if length > maxMessageBytes {
			panic(http.ErrAbortHandler)
		}
		message := make([]byte, length)
		if _, err := io.ReadFull(in, message); err != nil {
			panic(http.ErrAbortHandler)
		}
		if prefix[0] == 1 {
			message = decompress(message)
		}
		note("client", message)
		for i, j := 0, len(message)-1; i < j; i, j = i+1, j-1 {
			message[i], message[j] = message[j], message[i]
		}
		note("server", message)
		prefix[0] = 0
		binary.BigEndian.PutUint32(prefix[1:], uint32(len(message)))
		w.Write(append(append([]byte{}, prefix...), message...))
		w.(http.Flusher).Flush()
	}
	w.Header().Set("Grpc-Status", "0")
	w.Header().Set("Grpc-Message", "")
	messages.write(map[string]any{"call": r.Header.Get("Call-Id"), "from": "server", "status": 0})
}

func main() {
	path := flag.String("log", "", "file that gets one JSON line for each exchange or message")
	flag.Parse()
	file, err := os.OpenFile(*path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		log.Fatal(err)
	}
	out := &lines{file: file}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
			call(out, w, r)
		} else {
			answer(out, w, r)
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("ready %d\n", listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, h2c.NewHandler(handler, &http2.Server{})))
}
