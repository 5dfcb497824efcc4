using System.Buffers;
using System.Globalization;
using System.Text;

using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.FileSystem;
using ExecActors.Runtime.Settings;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.FileSystem.Helper;

/// <summary>A folder of files, and helpers that work on them inside real sandboxes.</summary>
internal sealed class Playground : IDisposable
{
    /// <summary>What a place outside the policy looks like.</summary>
    public static readonly RpcError NotFound = new(ErrorCodes.NotFound, "No such file or directory (os error 2)");

    /// <summary>What a place looks like that may only be read.</summary>
    public static readonly RpcError ReadOnly = new(ErrorCodes.InternalError, "Read-only file system (os error 30)");

    /// <summary>What is denied.</summary>
    public static readonly RpcError Denied = new(ErrorCodes.InvalidRequest, "Permission denied (os error 13)");

    /// <summary>Who asks.</summary>
    public static readonly HelperUser User = new(Principal.Stdio);

    private readonly TemporaryFolder _folder = new();

    public Playground(IScheduler scheduler, string bubblewrap = "bwrap", string? program = null)
    {
        var settings = new SandboxSettings
        {
            Bubblewrap = bubblewrap,
            DenyUnixSockets = false,
            GlobScanEntries = 10_000,
            Mounts = 1_000,
            Helpers = 4,
            HelperIdle = TimeSpan.FromSeconds(30),
            HelperPatience = TestTimeouts.Default,
            HelperCommand = program ?? HelperBinary.Path,
        };
        Pool = new FileHelperPool(settings, scheduler);
        Files = new SandboxedFiles(new Bubblewrap(settings.ToOptions()), settings, Pool, temporaryDirectory: null);
    }

    /// <summary>What is tested.</summary>
    public SandboxedFiles Files { get; }

    /// <summary>Its helpers.</summary>
    public FileHelperPool Pool { get; }

    /// <summary>The absolute path of something in the folder.</summary>
    public string Path(string name) => System.IO.Path.Combine(_folder.Path, name);

    /// <summary>The same in bytes.</summary>
    public byte[] Bytes(string name) => Encoding.UTF8.GetBytes(Path(name));

    /// <summary>Makes a file outside any sandbox.</summary>
    public string Write(string name, string content) => _folder.Write(name, content);

    /// <summary>Makes a program of the shell, and gives its path.</summary>
    public string Program(string name, string script) => _folder.WriteProgram(name, $"#!/bin/sh\n{script}\n");

    /// <summary>The processes that are helpers of this one, of all playgrounds.</summary>
    public static IReadOnlyList<int> HelperPids() =>
    [
        .. from folder in Directory.EnumerateDirectories("/proc")
           let pid = int.TryParse(System.IO.Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0
           where pid > 0
           let command = CommandLine(folder)
           where command is [var program, HelperProgram.Argument] && program.EndsWith("/execactors", StringComparison.Ordinal) && IsOurs(pid)
           select pid,
    ];

    /// <summary>A profile that grants these paths.</summary>
    public static SandboxContext Sandbox(params (string Path, ProfileAccess Access)[] entries) =>
        Sandbox([.. entries.Select(entry => new ProfileEntry(new ProfilePath.Literal(Encoding.UTF8.GetBytes(entry.Path)), entry.Access))]);

    /// <summary>A profile of these entries.</summary>
    public static SandboxContext Sandbox(params ProfileEntry[] entries) => new(
        new PermissionProfile.Managed(new FileSystemProfile.Restricted(entries), NetworkAccess.Restricted), Cwd: null, WorkspaceRoots: []);

    /// <summary>The text of a file, read inside.</summary>
    public string Read(SandboxContext sandbox, string name)
    {
        Assert.True(Files.TryOpen(new FsReadFileParams(Bytes(name)), sandbox, User, out var file, out var error), error.Message);
        using (file)
        {
            var buffer = new byte[1024];
            Assert.True(file.ReadAt(buffer, 0, out var count).Succeeded);
            return Encoding.UTF8.GetString(buffer, 0, count);
        }
    }

    /// <summary>Why a file cannot be read inside.</summary>
    public RpcError ReadError(SandboxContext sandbox, string name) => OpenError(sandbox, new FsReadFileParams(Bytes(name)));

    /// <summary>Why a file cannot be opened inside.</summary>
    public RpcError OpenError(SandboxContext sandbox, object parameters)
    {
        var isOpened = Files.TryOpen(parameters, sandbox, User, out var file, out var error);
        file?.Dispose();
        Assert.False(isOpened);
        return error;
    }

    /// <summary>Writes a file inside; why not, or nothing.</summary>
    public RpcError WriteFile(SandboxContext sandbox, string name, string content)
    {
        if (!Files.TryOpen(new FsWriteFileParams(Bytes(name), default), sandbox, User, out var file, out var error))
        {
            return error;
        }

        using (file)
        {
            Assert.True(file.WriteAt(Encoding.UTF8.GetBytes(content), 0).Succeeded);
            return default;
        }
    }

    /// <summary>The result of a method as JSON.</summary>
    public string Result(SandboxContext sandbox, object parameters)
    {
        var result = new ArrayBufferWriter<byte>();
        var error = Files.Execute(parameters, sandbox, User, result);
        Assert.True(error is null, error?.Message);
        return Encoding.UTF8.GetString(result.WrittenSpan);
    }

    /// <summary>Why a method is refused; nothing when it is not.</summary>
    public RpcError Refusal(SandboxContext sandbox, object parameters) => Files.Execute(parameters, sandbox, User, new ArrayBufferWriter<byte>()) ?? default;

    public void Dispose()
    {
        Pool.Dispose();
        _folder.Dispose();
    }

    // bubblewrap is our child and leads the group; of one that is on its end nobody leads it any more.
    private static bool IsOurs(int pid)
    {
        try
        {
            var leader = File.ReadAllText($"/proc/{ProcessTable.GroupOf(pid)}/stat");
            return int.Parse(leader[(leader.LastIndexOf(')') + 2)..].Split(' ', 3)[1], CultureInfo.InvariantCulture) == System.Environment.ProcessId;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string[] CommandLine(string process)
    {
        try
        {
            return File.ReadAllText($"{process}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            return []; // it has ended since the folder was listed
        }
    }
}
