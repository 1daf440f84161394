# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
#
# HTTPS server (WEBrick) and client (Net::HTTP) of the TLS matrix.
#   ruby_peer.rb server POOL LOG CERTIFICATE KEY
#   ruby_peer.rb client POOL LOG PLAN PORT
require 'digest'
require 'json'
require 'net/http'
require 'openssl'
require 'webrick'
require 'webrick/https'

POOL = File.binread(ARGV[1])
LOG = File.open(ARGV[2], 'a')
LOCK = Mutex.new

def write_line(method, target, request, response, client_port, server_port)
  line = { method: method, target: target,
           request_bytes: request.bytesize, request_sha256: Digest::SHA256.hexdigest(request),
           response_bytes: response.bytesize, response_sha256: Digest::SHA256.hexdigest(response),
           client_port: client_port, server_port: server_port }
  LOCK.synchronize do
    LOG.puts(JSON.generate(line))
    LOG.flush
  end
end

# Answers every method itself: WEBrick's own handlers know no PUT.
class Answer < WEBrick::HTTPServlet::AbstractServlet
  def service(request, response)
    received = request.body || ''
    _, _, length, seed, = request.path.split('/')
    body = POOL.byteslice(seed.to_i, length.to_i)
    write_line(request.request_method, request.path, received, body, request.peeraddr[1], request.addr[1])
    response.status = 200
    response['Content-Type'] = 'text/plain'
    response.body = body
  end
end

def serve(certificate, key)
  server = WEBrick::HTTPServer.new(
    BindAddress: '127.0.0.1', Port: 0, SSLEnable: true, MaxClients: 256, RequestTimeout: 120,
    SSLCertificate: OpenSSL::X509::Certificate.new(File.read(certificate)),
    SSLPrivateKey: OpenSSL::PKey.read(File.read(key)),
    Logger: WEBrick::Log.new($stderr, WEBrick::Log::ERROR), AccessLog: []
  )
  server.mount('/', Answer)
  trap('TERM') { server.shutdown }
  puts "ready #{server.listeners.first.addr[1]}"
  $stdout.flush
  server.start
end

def run_connection(requests, port)
  http = Net::HTTP.new('127.0.0.1', port)
  http.use_ssl = true
  http.verify_mode = OpenSSL::SSL::VERIFY_NONE
  http.keep_alive_timeout = 60
  http.start do
    client_port = http.instance_variable_get(:@socket).io.to_io.local_address.ip_port
    requests.each do |method, target, bytes, seed|
      body = POOL.byteslice(seed, bytes)
      request = Net::HTTPGenericRequest.new(method, method != 'GET', true, target, 'Accept-Encoding' => 'identity')
      request.body = body if method != 'GET'
      request['Content-Type'] = 'application/octet-stream' if method != 'GET'
      received = http.request(request).body || ''
      write_line(method, target, body, received, client_port, port)
    end
  end
end

def drive(plan, port)
  connections = Hash.new { |hash, key| hash[key] = [] }
  File.foreach(plan, chomp: true) do |line|
    connection, method, target, bytes, seed = line.split("\t")
    connections[connection] << [method, target, bytes.to_i, seed.to_i]
  end
  Thread.report_on_exception = true
  connections.values.map { |requests| Thread.new { run_connection(requests, port) } }.each(&:join)
end

if ARGV[0] == 'server'
  serve(ARGV[3], ARGV[4])
else
  drive(ARGV[3], ARGV[4].to_i)
end
