using System.Buffers;
using System.Text;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.FileSystem;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.FileSystem.Helper;

public sealed class HelperCodecTests
{
    private static readonly byte[] _path = [(byte)'/', (byte)'a', 0xFF, (byte)'%', (byte)' '];
    private static readonly byte[] _other = "/b"u8.ToArray();

    [Fact]
    public void Params_come_back_as_they_were_but_for_sandbox_and_payload()
    {
        var sandbox = new SandboxContext(new PermissionProfile.Disabled(), Cwd: null, WorkspaceRoots: []);
        (object Sent, object Expected)[] requests =
        [
            (new FsReadFileParams(_path, FollowSymlinks: false, sandbox), new FsReadFileParams(_path, FollowSymlinks: false)),
            (new FsWriteFileParams(_path, "QQ=="u8.ToArray(), FollowSymlinks: false, sandbox), new FsWriteFileParams(_path, default, FollowSymlinks: false)),
            (new FsCreateDirectoryParams(_path, Recursive: false, FollowSymlinks: false, sandbox), new FsCreateDirectoryParams(_path, Recursive: false, FollowSymlinks: false)),
            (new FsGetMetadataParams(_path, FollowSymlinks: false, sandbox), new FsGetMetadataParams(_path, FollowSymlinks: false)),
            (new FsCanonicalizeParams(_path, sandbox), new FsCanonicalizeParams(_path)),
            (new FsReadDirectoryParams(_path, sandbox), new FsReadDirectoryParams(_path)),
            (
                new FsWalkParams(_path, new FsWalkOptions(1, 2, 3, FollowDirectorySymlinks: true, PruneHiddenDirectories: true), sandbox),
                new FsWalkParams(_path, new FsWalkOptions(1, 2, 3, FollowDirectorySymlinks: true, PruneHiddenDirectories: true))),
            (new FsRemoveParams(_path, Recursive: false, Force: false, FollowSymlinks: false, sandbox), new FsRemoveParams(_path, Recursive: false, Force: false, FollowSymlinks: false)),
            (new FsCopyParams(_path, _other, Recursive: true, sandbox), new FsCopyParams(_path, _other, Recursive: true)),
            (new FsOpenParams("h", _path, FsOpenMode.Replace, Atomic: true, sandbox), new FsOpenParams("h", _path, FsOpenMode.Replace, Atomic: true)),
            (new FsRenameParams(_path, _other, Replace: false, sandbox), new FsRenameParams(_path, _other, Replace: false)),
            (new FsChmodParams(_path, 0x1ED, FollowSymlinks: false, sandbox), new FsChmodParams(_path, 0x1ED, FollowSymlinks: false)),
        ];

        foreach (var (sent, expected) in requests)
        {
            var body = Written(sent);
            Assert.DoesNotContain("sandbox", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
            Assert.True(HelperCodec.TryReadParams(HelperCodec.MethodOf(sent), body, out var read, out var error), error.Message);
            Assert.IsType(expected.GetType(), read);
            Assert.Equal(Encoding.UTF8.GetString(Written(expected)), Encoding.UTF8.GetString(Written(read)));
        }
    }

    [Fact]
    public void Methods_that_are_not_for_helpers_are_refused()
    {
        Assert.Throws<ArgumentException>(() => HelperCodec.MethodOf(new FsCloseParams("h")));
        Assert.False(HelperCodec.TryReadParams((ushort)WireMethod.FsClose, "{}"u8.ToArray(), out _, out var error));
        Assert.Equal(ErrorCodes.InternalError, error.Code);
    }

    [Fact]
    public void A_refusal_comes_back_as_it_was()
    {
        var error = new RpcError(ErrorCodes.NotFound, "Datei fehlt: ä");

        Assert.Equal(error, HelperCodec.ReadError(HelperCodec.WriteError(error)));
        Assert.Throws<HelperLostException>(() => HelperCodec.ReadError("abc"u8));
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(2, "")]
    [InlineData(1, "a\0")]
    [InlineData(2, "a")]
    [InlineData(2, "\0")]
    [InlineData(2, "..\0")]
    [InlineData(2, "a/b\0")]
    [InlineData(2, "a\0..\0")]
    [InlineData(2, "a\0b/c\0")]
    [InlineData(2, "a\0b\0c\0")]
    public void What_a_helper_could_not_have_opened_is_closed_and_refused(int descriptors, string names)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("file", "");
        var handles = Enumerable.Range(0, descriptors).Select(_ => File.OpenHandle(file)).ToArray();

        Assert.Throws<HelperLostException>(() => HelperCodec.ReadOpened(handles, Encoding.UTF8.GetBytes(names)));
        Assert.All(handles, handle => Assert.True(handle.IsClosed));
    }

    [Fact]
    public void Something_that_is_no_file_is_not_taken_for_one()
    {
        using var directory = File.OpenHandle("/dev/null");
        Assert.Throws<HelperLostException>(() => HelperCodec.ReadOpened([directory], default));
    }

    private static byte[] Written(object parameters)
    {
        var body = new ArrayBufferWriter<byte>();
        HelperCodec.WriteParams(body, parameters);
        return body.WrittenSpan.ToArray();
    }
}
