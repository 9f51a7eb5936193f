// Electron's entry: hands the real API and the real app to startElectron, which decides everything else.
import { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session } from 'electron'
import { createApp } from '../../app.ts'
import { startElectron } from './start.ts'

void startElectron({ app, BrowserWindow, dialog, ipcMain, Menu, protocol, session }, createApp)
