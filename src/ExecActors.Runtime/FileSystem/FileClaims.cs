using ExecActors.Protocol;

namespace ExecActors.Runtime.FileSystem;

/// <summary>What each file method touches.</summary>
internal static class FileClaims
{
    /// <summary>The claim of a request, by its params record.</summary>
    public static FileClaim Of(object parameters) => parameters switch
    {
        FsReadFileParams read => Reads(read.Path),
        FsGetMetadataParams metadata => Reads(metadata.Path),
        FsCanonicalizeParams canonicalize => Reads(canonicalize.Path),
        FsReadDirectoryParams list => Reads(list.Path),
        FsWalkParams walk => Reads(walk.Path),
        FsWriteFileParams write => Changes(write.Path),
        FsCreateDirectoryParams create => Changes(create.Path),
        FsRemoveParams remove => Changes(remove.Path),
        FsChmodParams mode => Changes(mode.Path),
        FsCopyParams copy => Changes(copy.SourcePath) with { OtherPath = copy.DestinationPath },
        FsRenameParams rename => Changes(rename.SourcePath) with { OtherPath = rename.DestinationPath },
        FsOpenParams open => new FileClaim(open.HandleId, open.Path, OtherPath: null, open.Mode == FsOpenMode.Replace),
        FsReadBlockParams block => OfHandle(block.HandleId),
        FsWriteBlockParams block => OfHandle(block.HandleId),
        FsCloseParams close => OfHandle(close.HandleId),
        _ => throw new InvalidOperationException($"{parameters.GetType().Name} are no params of a file method"),
    };

    private static FileClaim Reads(byte[] path) => new(Handle: null, path, OtherPath: null, Changes: false);

    private static FileClaim Changes(byte[] path) => new(Handle: null, path, OtherPath: null, Changes: true);

    private static FileClaim OfHandle(string handle) => new(handle, Path: null, OtherPath: null, Changes: false);
}
