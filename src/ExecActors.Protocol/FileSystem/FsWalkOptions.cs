using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>How far <c>fs/walk</c> goes. All but the last are required on the wire; the allowed ranges are the executor's matter.</summary>
/// <param name="MaxDepth">Levels below the root's own children: 0 lists the root alone.</param>
/// <param name="MaxDirectories">How many directories may be opened, the root included.</param>
/// <param name="MaxEntries">How many entries may be returned.</param>
/// <param name="FollowDirectorySymlinks">Whether links to directories are listed and entered.</param>
/// <param name="PruneHiddenDirectories">Whether directories whose name begins with a dot are listed but not entered.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record FsWalkOptions(
    ulong MaxDepth,
    ulong MaxDirectories,
    ulong MaxEntries,
    bool FollowDirectorySymlinks,
    bool PruneHiddenDirectories = false)
{
    /// <summary>Reads the object at the reader's place; null after an error only.</summary>
    internal static FsWalkOptions? Read(ref ByteFieldReader fields)
    {
        if (!fields.Enter("struct WalkOptions"))
        {
            return null;
        }

        ulong? depth = null, directories = null, entries = null;
        bool? follow = null;
        var prune = false;
        while (fields.NextMember())
        {
            if (fields.IsNamed("maxDepth"u8))
            {
                depth = fields.Integer("usize");
            }
            else if (fields.IsNamed("maxDirectories"u8))
            {
                directories = fields.Integer("usize");
            }
            else if (fields.IsNamed("maxEntries"u8))
            {
                entries = fields.Integer("usize");
            }
            else if (fields.IsNamed("followDirectorySymlinks"u8))
            {
                follow = fields.Boolean();
            }
            else if (fields.IsNamed("pruneHiddenDirectories"u8))
            {
                prune = fields.Boolean();
            }
            else
            {
                fields.Skip();
            }
        }

        fields.Require(depth is not null, "maxDepth");
        fields.Require(directories is not null, "maxDirectories");
        fields.Require(entries is not null, "maxEntries");
        fields.Require(follow is not null, "followDirectorySymlinks");
        return fields.Error is null ? new(depth!.Value, directories!.Value, entries!.Value, follow!.Value, prune) : null;
    }
}
