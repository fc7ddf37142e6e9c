; One program that unpacks itself into a folder of its own, runs the window and leaves nothing but a data folder beside itself, if there is one.
; Defines: VERSION, SOURCE (the packed folder), ICON, OUTPUT; STUB (another processor's program).
Unicode true
!ifdef STUB
  Target ${STUB}
!endif
SetCompressor /SOLID lzma
ManifestDPIAware true

!include LogicLib.nsh
!include FileFunc.nsh

!define NAME "Image Ferry"

Name "${NAME}"
OutFile "${OUTPUT}"
Icon "${ICON}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "${NAME}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "${NAME}"
VIAddVersionKey LegalCopyright "Apache-2.0"
RequestExecutionLevel user
SilentInstall silent

Section
  ; of this user alone, and removed when we end
  InitPluginsDir
  SetOutPath "$PLUGINSDIR\app"
  File /r "${SOURCE}/*"
  ReadEnvStr $0 IMAGE_FERRY_DATA
  ${If} $0 == ""
  ${AndIf} ${FileExists} "$EXEDIR\data\*.*"
    System::Call 'kernel32::SetEnvironmentVariableW(w "IMAGE_FERRY_DATA", w "$EXEDIR\data")'
  ${EndIf}
  ${GetParameters} $1
  ExecWait '"$PLUGINSDIR\app\Image Ferry.exe" $1' $0
  SetOutPath "$TEMP"
  SetErrorLevel $0
SectionEnd
