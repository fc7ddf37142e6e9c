; The installer. For one user without any rights, and with ALL_USERS for the machine.
; Defines: VERSION, SOURCE (the packed folder), ICON, OUTPUT, INSTALLED_FILES (what to remove); ALL_USERS; STUB (another processor's installer).
; Silent: setup.exe /S [/D=FOLDER]; uninstall.exe /S [/REMOVEDATA].
Unicode true
!ifdef STUB
  Target ${STUB}
!endif
SetCompressor /SOLID lzma
ManifestDPIAware true

!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include x64.nsh

!define NAME "Image Ferry"
!define PROGRAM "Image Ferry.exe"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\ImageFerry"

Name "${NAME}"
OutFile "${OUTPUT}"
BrandingText "${NAME} ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "${NAME}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "${NAME}"
VIAddVersionKey LegalCopyright "Apache-2.0"

!ifdef ALL_USERS
  RequestExecutionLevel admin
  InstallDir "$PROGRAMFILES64\${NAME}"
!else
  RequestExecutionLevel user
  InstallDir "$LOCALAPPDATA\Programs\${NAME}"
!endif

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\${PROGRAM}"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"

LangString RUNNING ${LANG_ENGLISH} "${NAME} is running. Close it, then try again."
LangString RUNNING ${LANG_SIMPCHINESE} "${NAME} 正在运行。请先关闭它,然后重试。"
LangString NOT64 ${LANG_ENGLISH} "${NAME} needs 64-bit Windows 10 or Windows Server 2016, or newer."
LangString NOT64 ${LANG_SIMPCHINESE} "${NAME} 需要 64 位的 Windows 10 或 Windows Server 2016,或更新的版本。"
LangString REMOVEDATA ${LANG_ENGLISH} "Remove your cached images, history, settings and saved sign-ins too?$\r$\n$\r$\nWith No they stay in $LOCALAPPDATA\${NAME}."
LangString REMOVEDATA ${LANG_SIMPCHINESE} "是否同时删除您的镜像缓存、历史、设置和已保存的登录信息?$\r$\n$\r$\n选择“否”则保留在 $LOCALAPPDATA\${NAME} 中。"

!macro UseContext
  SetRegView 64
  !ifdef ALL_USERS
    SetShellVarContext all
  !else
    SetShellVarContext current
  !endif
!macroend

; A program that runs cannot be opened for writing.
!macro RefuseWhileRunning
  ${If} ${FileExists} "$INSTDIR\${PROGRAM}"
    ${Do}
      ClearErrors
      FileOpen $0 "$INSTDIR\${PROGRAM}" a
      ${IfNot} ${Errors}
        FileClose $0
        ${ExitDo}
      ${EndIf}
      MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(RUNNING)" /SD IDCANCEL IDRETRY +2
      Abort "$(RUNNING)"
    ${Loop}
  ${EndIf}
!macroend

Function .onInit
  ${IfNot} ${RunningX64}
    MessageBox MB_ICONSTOP "$(NOT64)" /SD IDOK
    Abort
  ${EndIf}
  !insertmacro UseContext
FunctionEnd

Function un.onInit
  !insertmacro UseContext
FunctionEnd

Section
  !insertmacro RefuseWhileRunning
  ; what an older version had and this one has not
  ${If} ${FileExists} "$INSTDIR\uninstall.exe"
    ExecWait '"$INSTDIR\uninstall.exe" /S _?=$INSTDIR'
  ${EndIf}
  SetOutPath "$INSTDIR"
  File /r "${SOURCE}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${PROGRAM}"

  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayName" "${NAME}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "Publisher" "${NAME}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\${PROGRAM}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "EstimatedSize" $0
SectionEnd

Section Uninstall
  !insertmacro RefuseWhileRunning
  !include "${INSTALLED_FILES}"
  Delete "$SMPROGRAMS\${NAME}.lnk"
  DeleteRegKey SHCTX "${UNINSTALL_KEY}"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"

  ; only on request, and only the place that is ours alone: data folders that somebody named are theirs
  SetShellVarContext current
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/REMOVEDATA" $1
  ${If} ${Errors}
    MessageBox MB_YESNO|MB_DEFBUTTON2|MB_ICONQUESTION "$(REMOVEDATA)" /SD IDNO IDYES remove IDNO keep
  ${EndIf}
  remove:
    RMDir /r "$LOCALAPPDATA\${NAME}"
    RMDir /r "$APPDATA\${NAME}"
  keep:
SectionEnd
