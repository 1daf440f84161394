<?php
// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
//
// HTTPS server and client of the TLS matrix on PHP's streams: a server process for each connection, one for the client.
//   php_peer.php server POOL LOG CERTIFICATE KEY
//   php_peer.php client POOL LOG PLAN PORT
declare(strict_types=1);

[, $role, $poolFile, $logFile] = $argv;
$pool = file_get_contents($poolFile);
$log = fopen($logFile, 'a');

function fail(string $what): never
{
    fwrite(STDERR, "php_peer: $what\n");
    exit(1);
}

function writeLine(string $method, string $target, string $request, string $response, int $clientPort, int $serverPort): void
{
    global $log;
    fwrite($log, json_encode([
        'method' => $method,
        'target' => $target,
        'request_bytes' => strlen($request),
        'request_sha256' => hash('sha256', $request),
        'response_bytes' => strlen($response),
        'response_sha256' => hash('sha256', $response),
        'client_port' => $clientPort,
        'server_port' => $serverPort,
    ], JSON_UNESCAPED_SLASHES) . "\n");
}

function portOf($stream, bool $remote): int
{
    return (int) substr(strrchr(stream_socket_get_name($stream, $remote), ':'), 1);
}

function sendAll($stream, string $bytes): void
{
    for ($sent = 0; $sent < strlen($bytes); $sent += $written) {
        $written = fwrite($stream, $sent ? substr($bytes, $sent) : $bytes);
        if (!$written) {
            fail('nothing was written');
        }
    }
}

/** First line and body of a message framed by Content-Length; null at the end of the stream. */
function readMessage($stream): ?array
{
    $first = fgets($stream);
    if ($first === false) {
        return null;
    }
    $length = 0;
    while (($line = trim((string) fgets($stream))) !== '') {
        if (stripos($line, 'content-length:') === 0) {
            $length = (int) substr($line, 15);
        }
    }
    $body = '';
    while (strlen($body) < $length) {
        $part = fread($stream, min(65536, $length - strlen($body)));
        if ($part === false || $part === '') {
            fail('a body ended early');
        }
        $body .= $part;
    }
    return [trim($first), $body];
}

function answerOne($stream): bool
{
    global $pool;
    $message = readMessage($stream);
    if ($message === null) {
        return false;
    }
    [$method, $target] = explode(' ', $message[0]);
    [, , $length, $seed] = explode('/', $target);
    $body = substr($pool, (int) $seed, (int) $length);
    writeLine($method, $target, $message[1], $body, portOf($stream, true), portOf($stream, false));
    sendAll($stream, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: $length\r\n\r\n");
    sendAll($stream, $body);
    return true;
}

function serve(string $certificate, string $key): void
{
    $context = stream_context_create(['ssl' => ['local_cert' => $certificate, 'local_pk' => $key],
        'socket' => ['backlog' => 256, 'tcp_nodelay' => true]]);
    $listener = stream_socket_server('tcp://127.0.0.1:0', $code, $text, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN, $context);
    echo 'ready ', portOf($listener, false), "\n";
    pcntl_signal(SIGCHLD, SIG_IGN);
    while ($client = stream_socket_accept($listener, 3600)) {
        // A client that is written to and reads nothing must hold up nobody else.
        if (pcntl_fork() === 0) {
            stream_set_timeout($client, 60);
            if (!stream_socket_enable_crypto($client, true, STREAM_CRYPTO_METHOD_TLS_SERVER)) {
                fail('handshake');
            }
            while (answerOne($client)) {
                continue;
            }
            exit(0);
        }
        fclose($client);
    }
    fail('accept');
}

function sendRequest($stream, array $planned): void
{
    global $pool;
    [, $method, $target, $bytes, $seed] = $planned;
    sendAll($stream, "$method $target HTTP/1.1\r\nHost: localhost\r\nContent-Length: $bytes\r\n\r\n");
    sendAll($stream, substr($pool, (int) $seed, (int) $bytes));
}

/** All connections are open at once; one request is under way on each. */
function drive(string $plan, int $port): void
{
    global $pool;
    $context = stream_context_create(['ssl' => ['verify_peer' => false, 'verify_peer_name' => false],
        'socket' => ['tcp_nodelay' => true]]);
    $waiting = [];
    foreach (file($plan, FILE_IGNORE_NEW_LINES) as $line) {
        $planned = explode("\t", $line);
        $waiting[$planned[0]][] = $planned;
    }
    $streams = [];
    foreach (array_keys($waiting) as $name) {
        $stream = stream_socket_client("tls://127.0.0.1:$port", $code, $text, 60, STREAM_CLIENT_CONNECT, $context)
            or fail("connect: $text");
        $streams[(int) $stream] = [$stream, $name];
        sendRequest($stream, $waiting[$name][0]);
    }
    while ($streams) {
        $ready = array_column($streams, 0);
        $none = null;
        stream_select($ready, $none, $none, 60) or fail('no answer');
        foreach ($ready as $stream) {
            $name = $streams[(int) $stream][1];
            [, $body] = readMessage($stream) ?? fail('no answer');
            [, $method, $target, $bytes, $seed] = array_shift($waiting[$name]);
            writeLine($method, $target, substr($pool, (int) $seed, (int) $bytes), $body, portOf($stream, false), $port);
            if ($waiting[$name]) {
                sendRequest($stream, $waiting[$name][0]);
            } else {
                unset($streams[(int) $stream]);
                fclose($stream);
            }
        }
    }
}

if ($role === 'server') {
    serve($argv[4], $argv[5]);
} else {
    drive($argv[4], (int) $argv[5]);
}
