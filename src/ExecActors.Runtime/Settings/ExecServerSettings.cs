using Akka.Configuration;

namespace ExecActors.Runtime.Settings;

/// <summary>Everything that can be set, read once at start from HOCON (<c>hocon/execactors.conf</c> says what each key means).</summary>
public sealed record ExecServerSettings
{
    /// <summary>One session may have a process for each so many descriptors of the server.</summary>
    public const int ProcessShare = 16;

    /// <summary>Hard bounds.</summary>
    public required LimitSettings Limits { get; init; }

    /// <summary>One socket or pipe.</summary>
    public required ConnectionSettings Connection { get; init; }

    /// <summary>One client's state.</summary>
    public required SessionSettings Session { get; init; }

    /// <summary>One OS process.</summary>
    public required ProcessSettings Process { get; init; }

    /// <summary>Output that is kept, of all processes.</summary>
    public required OutputSettings Output { get; init; }

    /// <summary>HTTP requests made for clients.</summary>
    public required HttpSettings Http { get; init; }

    /// <summary>Memory of the whole server.</summary>
    public required MemorySettings Memory { get; init; }

    /// <summary>What ends with what.</summary>
    public required LifetimeSettings Lifetime { get; init; }

    /// <summary>The threads that the actors run on.</summary>
    public required PoolSettings Pool { get; init; }

    /// <summary>Threads for calls that can only block.</summary>
    public required BlockingIoSettings BlockingIo { get; init; }

    /// <summary>Sandboxes.</summary>
    public required SandboxSettings Sandbox { get; init; }

    /// <summary>
    /// The same, with what one client may keep open within a share of what the server may: as many processes, which take four descriptors each, and handles of
    /// files as a sixteenth of it, HTTP requests and streams a thirty-second each, watches a sixty-fourth. And the connections of one
    /// principal within a half, so that together with strangers (a quarter) and handshakes (a third) they leave what is kept back alone.
    /// </summary>
    /// <param name="openFiles">How many descriptors the server may have.</param>
    public ExecServerSettings Within(int openFiles) => this with
    {
        Limits = Limits with
        {
            Strangers = AtMost(openFiles, Limits.Strangers, 4),
            StrangersPerAddress = AtMost(openFiles, Limits.StrangersPerAddress, 8),
            Handshakes = AtMost(openFiles, Limits.Handshakes, 3),
            HandshakesPerPrincipal = AtMost(openFiles, Limits.HandshakesPerPrincipal, 4),
            ConnectionsPerPrincipal = AtMost(openFiles, Limits.ConnectionsPerPrincipal, 2),
            ProcessesPerSession = AtMost(openFiles, Limits.ProcessesPerSession, ProcessShare),
            FileHandlesPerConnection = AtMost(openFiles, Limits.FileHandlesPerConnection, 16),
            WatchesPerConnection = AtMost(openFiles, Limits.WatchesPerConnection, 64),
        },
        Http = Http with
        {
            RequestsPerConnection = AtMost(openFiles, Http.RequestsPerConnection, 32),
            StreamsPerConnection = AtMost(openFiles, Http.StreamsPerConnection, 32),
        },
    };

    /// <summary>The same, with three quarters at most of the directories that the server's user may have watched, and a half for one principal.</summary>
    /// <param name="userWatches">How many the user may have; null when that is not known.</param>
    public ExecServerSettings WithinWatches(int? userWatches) => userWatches is not { } watches ? this : this with
    {
        Limits = Limits with
        {
            WatchedDirectoriesOfServer = Math.Clamp(watches - (watches / 4), 1, Limits.WatchedDirectoriesOfServer),
            WatchedDirectoriesPerPrincipal = Math.Clamp(watches / 2, 1, Limits.WatchedDirectoriesPerPrincipal),
        },
    };

    /// <summary>The built-in configuration: <c>hocon/execactors.conf</c>.</summary>
    public static Config BuiltIn { get; } = LoadBuiltIn();

    /// <summary>Puts a user's HOCON over the built-in one.</summary>
    /// <param name="hocon">Only the keys that change; null or empty for none.</param>
    /// <param name="source">What error texts call it, a file name for instance.</param>
    /// <exception cref="SettingsException">The text does not parse, or has a key that does not exist.</exception>
    public static Config Overlay(string? hocon, string source)
    {
        if (string.IsNullOrWhiteSpace(hocon))
        {
            return BuiltIn;
        }

        Config user;
        try
        {
            HoconBraces.RequireBalance(hocon);
            user = ConfigurationFactory.ParseString(hocon);
        }
        catch (Exception e)
        {
            throw new SettingsException($"{source} is no valid HOCON: {e.Message}", e);
        }

        SettingsReader.RefuseUnknownKeys(user, BuiltIn, source);
        return user.WithFallback(BuiltIn);
    }

    /// <summary>Reads the settings out of a configuration that has all keys, as <see cref="Overlay"/> returns it.</summary>
    /// <exception cref="SettingsException">A value is missing, of the wrong kind or out of range; the message has the key's full path.</exception>
    public static ExecServerSettings From(Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var read = new SettingsReader(config);
        return new ExecServerSettings
        {
            Limits = new LimitSettings
            {
                Connections = read.Count("execactors.limits.connections", 1, 1_000_000),
                ConnectionsPerPrincipal = read.Count("execactors.limits.connections-per-principal", 1, 1_000_000),
                Strangers = read.Count("execactors.limits.strangers", 1, 1_000_000),
                StrangersPerAddress = read.Count("execactors.limits.strangers-per-address", 1, 1_000_000),
                Handshakes = read.Count("execactors.limits.handshakes", 1, 1_000_000),
                HandshakesPerPrincipal = read.Count("execactors.limits.handshakes-per-principal", 1, 1_000_000),
                Sessions = read.Count("execactors.limits.sessions", 1, 1_000_000),
                SessionsPerPrincipal = read.Count("execactors.limits.sessions-per-principal", 1, 1_000_000),
                Processes = read.Count("execactors.limits.processes", 1, 1_000_000),
                ProcessesPerPrincipal = read.Count("execactors.limits.processes-per-principal", 1, 1_000_000),
                ProcessesPerSession = read.Count("execactors.limits.processes-per-session", 1, 1_000_000),
                ClosedProcessesPerSession = read.Count("execactors.limits.closed-processes-per-session", 1, 1_000_000),
                ClosedBytesPerSession = read.Bytes("execactors.limits.closed-bytes-per-session", 1 << 20, 1 << 30),
                ReservedDescriptors = read.Count("execactors.limits.reserved-descriptors", 0, 1_000_000),
                WorkersPerSession = read.Count("execactors.limits.workers-per-session", 1, 1024),
                FileHandlesPerConnection = read.Count("execactors.limits.file-handles-per-connection", 1, 65_536),
                WatchesPerConnection = read.Count("execactors.limits.watches-per-connection", 1, 65_536),
                InotifyDescriptors = read.Count("execactors.limits.inotify-descriptors", 1, 1024),
                WatchedDirectories = read.Count("execactors.limits.watched-directories", 1, 1_000_000),
                WatchedDirectoriesPerPrincipal = read.Count("execactors.limits.watched-directories-per-principal", 1, 100_000_000),
                WatchedDirectoriesOfServer = read.Count("execactors.limits.watched-directories-of-server", 1, 100_000_000),
                MessageBytes = read.Bytes("execactors.limits.message-bytes", 64 << 10, 1 << 30),
                WaitingRequests = read.Count("execactors.limits.waiting-requests", 1, 1_000_000),
                InFlightRequests = read.Count("execactors.limits.in-flight-requests", 1, 65_536),
                ParkedBytes = read.Bytes("execactors.limits.parked-bytes", 64 << 10, 1 << 30),
                UntoldFileBytes = read.Bytes("execactors.limits.untold-file-bytes", 1 << 20, 512 << 20),
                ReserveBytes = read.Bytes("execactors.limits.reserve-bytes", 0, 1 << 30),
                ConcurrentRequests = read.Count("execactors.limits.concurrent-requests", 0, 1_000_000),
            },
            Connection = new ConnectionSettings
            {
                PingInterval = read.Duration("execactors.connection.ping-interval", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
                HandshakeTimeout = read.Duration("execactors.connection.handshake-timeout", TimeSpan.Zero, TimeSpan.FromHours(1)),
                UpgradeTimeout = read.Duration("execactors.connection.upgrade-timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
                CloseTimeout = read.Duration("execactors.connection.close-timeout", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
                DrainTimeout = read.Duration("execactors.connection.drain-timeout", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
                ReceiveBufferBytes = read.Bytes("execactors.connection.receive-buffer-bytes", 1 << 10, 1 << 20),
                HandshakeMessageBytes = read.Bytes("execactors.connection.handshake-message-bytes", 1 << 10, 1 << 30),
                KeepAliveIdle = read.Duration("execactors.connection.keepalive-idle", TimeSpan.FromSeconds(1), TimeSpan.FromHours(9)),
                KeepAliveInterval = read.Duration("execactors.connection.keepalive-interval", TimeSpan.FromSeconds(1), TimeSpan.FromHours(9)),
                KeepAliveProbes = read.Count("execactors.connection.keepalive-probes", 1, 127),
                UserTimeout = read.Duration("execactors.connection.user-timeout", TimeSpan.FromSeconds(2), TimeSpan.FromHours(9)),
            },
            Session = new SessionSettings
            {
                Retention = read.Duration("execactors.session.retention", TimeSpan.Zero, TimeSpan.FromDays(7)),
                CreditBytes = read.Bytes("execactors.session.credit-bytes", 128 << 10, 64 << 20),
            },
            Sandbox = SandboxSettings.Read(read),
            Lifetime = LifetimeSettings.Read(read),
            Memory = MemorySettings.Read(read),
            Process = new ProcessSettings
            {
                Linger = read.Duration("execactors.process.linger", TimeSpan.Zero, TimeSpan.FromDays(7)),
                RingBytes = read.Bytes("execactors.process.ring-bytes", 64 << 10, 64 << 20),
                SpillBytes = read.LongBytes("execactors.process.spill-bytes", 0, 64L << 30),
                LogRecords = read.Count("execactors.process.log-records", 1024, 16 << 20),
                DetachedStall = read.Duration("execactors.process.detached-stall", TimeSpan.Zero, TimeSpan.FromHours(1)),
                LagBytes = read.Bytes("execactors.process.lag-bytes", 64 << 10, 64 << 20),
                ReadAheadBytes = read.Bytes("execactors.process.read-ahead-bytes", 1, 16 << 20),
                TurnBytes = read.Bytes("execactors.process.turn-bytes", 1, 16 << 20),
                StdinQueueBytes = read.Bytes("execactors.process.stdin-queue-bytes", 1, 1 << 30),
                WriteIds = read.Count("execactors.process.write-ids", 4096, 1_000_000),
                StartPatience = read.Duration("execactors.process.start-patience", TimeSpan.Zero, TimeSpan.FromMinutes(1)),
            },
            Output = OutputSettings.Read(read),
            Http = new HttpSettings
            {
                StreamsPerConnection = read.Count("execactors.http.streams-per-connection", 1, 65_536),
                RequestsPerConnection = read.Count("execactors.http.requests-per-connection", 1, 65_536),
                BufferedBodyBytes = read.Bytes("execactors.http.buffered-body-bytes", 1 << 10, 512 << 20),
                BufferedBytes = read.Bytes("execactors.http.buffered-bytes", 1 << 20, 1 << 30),
                DeltaBytes = read.Bytes("execactors.http.delta-bytes", 4 << 10, 1 << 20),
            },
            Pool = new PoolSettings { SpareThreads = read.Count("execactors.pool.spare-threads", 2, 1024) },
            BlockingIo = BlockingIoSettings.From(read, "execactors.blocking-io."),
        };
    }

    private static int AtMost(int openFiles, int setting, int share) => Math.Min(setting, Math.Max(openFiles / share, 1));

    private static Config LoadBuiltIn()
    {
        using var stream = typeof(ExecServerSettings).Assembly.GetManifestResourceStream("execactors.conf")
            ?? throw new InvalidOperationException("execactors.conf is not built into the assembly");
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}

/// <summary>Hard bounds of one server (<c>execactors.limits</c>).</summary>
public sealed record LimitSettings
{
    /// <summary>Open connections.</summary>
    public required int Connections { get; init; }

    /// <summary>Open connections of one principal.</summary>
    public required int ConnectionsPerPrincipal { get; init; }

    /// <summary>Sockets that have not been upgraded.</summary>
    public required int Strangers { get; init; }

    /// <summary>Those of one address.</summary>
    public required int StrangersPerAddress { get; init; }

    /// <summary>Connections without initialize and initialized.</summary>
    public required int Handshakes { get; init; }

    /// <summary>Those of one principal.</summary>
    public required int HandshakesPerPrincipal { get; init; }

    /// <summary>Sessions, attached and detached.</summary>
    public required int Sessions { get; init; }

    /// <summary>Sessions of one principal.</summary>
    public required int SessionsPerPrincipal { get; init; }

    /// <summary>Processes that have not ended, over all sessions.</summary>
    public required int Processes { get; init; }

    /// <summary>Those of one principal.</summary>
    public required int ProcessesPerPrincipal { get; init; }

    /// <summary>Processes of one session that have not ended.</summary>
    public required int ProcessesPerSession { get; init; }

    /// <summary>Ended processes of one session that are kept readable.</summary>
    public required int ClosedProcessesPerSession { get; init; }

    /// <summary>Output that the ended processes of one session keep together, in bytes.</summary>
    public required int ClosedBytesPerSession { get; init; }

    /// <summary>Descriptors kept back from connections and from what clients keep open.</summary>
    public required int ReservedDescriptors { get; init; }

    /// <summary>File requests and process starts of one session that run at once.</summary>
    public required int WorkersPerSession { get; init; }

    /// <summary>Open file handles of one connection.</summary>
    public required int FileHandlesPerConnection { get; init; }

    /// <summary>Watches on trees of one connection.</summary>
    public required int WatchesPerConnection { get; init; }

    /// <summary>inotify descriptors that all watches share.</summary>
    public required int InotifyDescriptors { get; init; }

    /// <summary>Directories under one watch.</summary>
    public required int WatchedDirectories { get; init; }

    /// <summary>Directories and files that all watches of one principal have.</summary>
    public required int WatchedDirectoriesPerPrincipal { get; init; }

    /// <summary>Directories and files that all watches have.</summary>
    public required int WatchedDirectoriesOfServer { get; init; }

    /// <summary>Longest message, in bytes.</summary>
    public required int MessageBytes { get; init; }

    /// <summary>Waiting requests of one connection.</summary>
    public required int WaitingRequests { get; init; }

    /// <summary>Requests of one connection that are under way and do not wait.</summary>
    public required int InFlightRequests { get; init; }

    /// <summary>Bytes held by one connection's requests, and by its answers.</summary>
    public required int ParkedBytes { get; init; }

    /// <summary>Bytes of a file beyond the size that it tells.</summary>
    public required int UntoldFileBytes { get; init; }

    /// <summary>Bytes of one connection's requests that are kept back while <see cref="ParkedBytes"/> are held.</summary>
    public required int ReserveBytes { get; init; }

    /// <summary>Long-running requests of one connection that may run at once; 0 for no cap.</summary>
    public required int ConcurrentRequests { get; init; }
}

/// <summary>One client's state (<c>execactors.session</c>).</summary>
public sealed record SessionSettings
{
    /// <summary>How long a session lives without a connection.</summary>
    public required TimeSpan Retention { get; init; }

    /// <summary>Output under way to one connection, in bytes.</summary>
    public required int CreditBytes { get; init; }
}

/// <summary>One OS process (<c>execactors.process</c>).</summary>
public sealed record ProcessSettings
{
    /// <summary>How long a closed process stays readable.</summary>
    public required TimeSpan Linger { get; init; }

    /// <summary>Output kept in memory, in bytes.</summary>
    public required int RingBytes { get; init; }

    /// <summary>Output kept on disk, in bytes; not more than the ring for none.</summary>
    public required long SpillBytes { get; init; }

    /// <summary>Chunks kept, however short.</summary>
    public required int LogRecords { get; init; }

    /// <summary>How long a process waits when what is owed to an absent client fills its log.</summary>
    public required TimeSpan DetachedStall { get; init; }

    /// <summary>How far an attached client may be behind, in bytes.</summary>
    public required int LagBytes { get; init; }

    /// <summary>Read from one stream before the actor has looked, in bytes.</summary>
    public required int ReadAheadBytes { get; init; }

    /// <summary>Handed to the session and not yet admitted, in bytes.</summary>
    public required int TurnBytes { get; init; }

    /// <summary>Accepted for standard input and not yet read by the program, in bytes.</summary>
    public required int StdinQueueBytes { get; init; }

    /// <summary>Write ids remembered.</summary>
    public required int WriteIds { get; init; }

    /// <summary>How long terminate and signal wait for a start before they cancel it.</summary>
    public required TimeSpan StartPatience { get; init; }
}

/// <summary>HTTP requests made for clients (<c>execactors.http</c>).</summary>
public sealed record HttpSettings
{
    /// <summary>Streams of one connection that have not ended.</summary>
    public required int StreamsPerConnection { get; init; }

    /// <summary>Other requests of one connection that run at once; the rest wait in order.</summary>
    public required int RequestsPerConnection { get; init; }

    /// <summary>Longest body of a response that is not streamed, in bytes.</summary>
    public required int BufferedBodyBytes { get; init; }

    /// <summary>Such bodies being collected for all clients together, in bytes.</summary>
    public required int BufferedBytes { get; init; }

    /// <summary>Most of a streamed body in one notification, in bytes.</summary>
    public required int DeltaBytes { get; init; }
}

/// <summary>.NET's pool, where the server is the whole program (<c>execactors.pool</c>).</summary>
public sealed record PoolSettings
{
    /// <summary>Threads beside one for each processor, all made before the server listens.</summary>
    public required int SpareThreads { get; init; }
}

/// <summary>Threads for calls that can only block (<c>execactors.blocking-io</c>).</summary>
public sealed record BlockingIoSettings
{
    /// <summary>Threads made at once, and kept.</summary>
    public required int Threads { get; init; }

    /// <summary>Threads made while the usual ones are stuck.</summary>
    public required int MaxThreads { get; init; }

    /// <summary>How long nothing may be finished before one more thread is made.</summary>
    public required TimeSpan Patience { get; init; }

    /// <summary>A thread beyond the usual ones ends after this without work.</summary>
    public required TimeSpan IdleTime { get; init; }

    /// <summary>Reads the section; <paramref name="path"/> is where it stands, with a dot behind unless it is the whole configuration.</summary>
    internal static BlockingIoSettings From(SettingsReader read, string path) => new()
    {
        Threads = read.Count($"{path}threads", 1, 1024),
        MaxThreads = read.Count($"{path}max-threads", 1, 1024),
        Patience = read.Duration($"{path}patience", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
        IdleTime = read.Duration($"{path}idle-time", TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)),
    };
}
